using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Models;

/// <summary>
/// Remembers the tokens of recent words: two entries per slot, the newest two, so memory is bounded and no lock is needed.
/// An entry never changes once it can be seen.
/// </summary>
internal sealed class WordCache(ITokenModel model)
{
    // 16384 slots of two cover the words of a domain, with few that push each other out; with words this short that is at most a few MB.
    private const int Slots = 1 << 14, LongestWord = 32;
    private readonly Entry?[] _entries = new Entry[2 * Slots];

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
    {
        if (word.Length > LongestWord)
        {
            model.Tokenize(word, pieces);
            return;
        }

        var slot = 2 * Hash(word);
        ref var newest = ref _entries[slot];
        if ((newest is { } known && word.SequenceEqual(known.Word)) || ((known = _entries[slot + 1]) is not null && word.SequenceEqual(known.Word)))
        {
            pieces.Add(known.Pieces);
            return;
        }

        var before = pieces.Count;
        model.Tokenize(word, pieces);
        _entries[slot + 1] = newest;
        newest = new(word.ToArray(), pieces.Since(before));
    }

    private static int Hash(ReadOnlySpan<char> word)
    {
        const ulong mix = 0x9E3779B97F4A7C15;
        var bytes = MemoryMarshal.AsBytes(word);
        ref var first = ref MemoryMarshal.GetReference(bytes);
        ulong hash = (uint)bytes.Length;
        var i = 0;
        for (; i + 8 <= bytes.Length; i += 8) hash = (hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, i))) * mix;
        for (; i < bytes.Length; i += 2) hash = (hash ^ Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref first, i))) * mix;
        return (int)((hash ^ hash >> 32) * mix >> 50);
    }

    /// <summary>Pieces are relative to the word.</summary>
    private sealed record Entry(char[] Word, Piece[] Pieces);
}
