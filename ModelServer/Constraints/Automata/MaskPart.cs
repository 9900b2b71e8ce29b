using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;

namespace ModelServer.Constraints.Automata;

/// <summary>The tokens that may come in one state, as far as that state can tell; and where in the trie what was called may be over, from where the
/// tokens that go on depend on what lies below. Immutable but for <see cref="Below"/>.</summary>
/// <param name="Bits">Those tokens as a mask, where there are many.</param>
/// <param name="Ids">Those tokens one by one, where there are few.</param>
/// <param name="Escapes">Nodes of the trie, in order.</param>
internal sealed record MaskPart(ulong[] Bits, int[] Ids, int[] Escapes)
{
    /// <summary>What the tokens beyond the escapes may be, by the state to return to.</summary>
    public ConcurrentDictionary<int, MaskPart> Below { get; } = new();

    /// <summary>Bytes of memory, about.</summary>
    public long Size => 300 + (8L * Bits.Length) + (4L * (Ids.Length + Escapes.Length));

    public static MaskPart Of(ulong[] bits, List<int> escapes)
    {
        var count = 0;
        foreach (var word in bits) count += BitOperations.PopCount(word);
        return count > bits.Length ? new(bits, [], [.. escapes]) : new([], TokensOf(bits, count), [.. escapes]);
    }

    public void AddTo(Span<ulong> mask)
    {
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(mask);
        var added = MemoryMarshal.Cast<ulong, Vector<ulong>>(Bits.AsSpan());
        for (var i = 0; i < added.Length; i++) vectors[i] |= added[i];
        for (var i = added.Length * Vector<ulong>.Count; i < Bits.Length; i++) mask[i] |= Bits[i];
        foreach (var id in Ids) mask[id >> 6] |= 1UL << id;
    }

    private static int[] TokensOf(ulong[] bits, int count)
    {
        var ids = new int[count];
        var next = 0;
        for (var word = 0; word < bits.Length; word++)
            for (var left = bits[word]; left != 0; left &= left - 1) ids[next++] = (word << 6) + BitOperations.TrailingZeroCount(left);
        return ids;
    }
}
