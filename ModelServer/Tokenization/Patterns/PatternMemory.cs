using System.Buffers;

namespace ModelServer.Tokenization.Patterns;

/// <summary>
/// Which steps are known to fail, and which to succeed, at which places of one text, so that none is tried there twice and a search takes time in proportion to the text,
/// however its pattern backtracks.
/// </summary>
internal sealed class PatternMemory : IDisposable
{
    private readonly int _places;
    private readonly ulong[] _failing, _succeeding;
    private readonly List<long> _open = [];

    public PatternMemory(int slots, int length)
    {
        _places = length + 1;
        var words = checked((int)(((long)slots * _places + 63) / 64));
        (_failing, _succeeding) = (Rented(words), Rented(words));
    }

    /// <summary>How many of the steps entered may still succeed.</summary>
    public int Open => _open.Count;

    public bool Fails(PatternNode node, int at) => Has(_failing, Place(node, at));

    public bool Succeeds(PatternNode node, int at) => Has(_succeeding, Place(node, at));

    /// <summary>Enters a step, which counts as failing until it is known not to.</summary>
    public void Enter(PatternNode node, int at)
    {
        var place = Place(node, at);
        _failing[place >> 6] |= 1UL << (int)place;
        _open.Add(place);
    }

    /// <summary>Of the steps entered, those since there were <paramref name="count"/> have failed.</summary>
    public void Fail(int count) => _open.RemoveRange(count, _open.Count - count);

    /// <summary>The steps entered since there were <paramref name="count"/> have led to a match.</summary>
    public void Succeed(int count, bool remember)
    {
        foreach (var place in _open[count..])
        {
            _failing[place >> 6] &= ~(1UL << (int)place);
            if (remember) _succeeding[place >> 6] |= 1UL << (int)place;
        }

        _open.RemoveRange(count, _open.Count - count);
    }

    /// <summary>A repetition fails, or succeeds, from each of these places on.</summary>
    public void Mark(PatternNode node, int first, int last, bool succeeds)
    {
        var bits = succeeds ? _succeeding : _failing;
        for (var at = last; at >= first; at--)
        {
            var place = Place(node, at);
            bits[place >> 6] |= 1UL << (int)place;
        }
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_failing);
        ArrayPool<ulong>.Shared.Return(_succeeding);
    }

    private static ulong[] Rented(int words)
    {
        var bits = ArrayPool<ulong>.Shared.Rent(words);
        bits.AsSpan(0, words).Clear();
        return bits;
    }

    private static bool Has(ulong[] bits, long place) => (bits[place >> 6] >> (int)place & 1) != 0;

    private long Place(PatternNode node, int at) => (long)node.Slot * _places + at;
}
