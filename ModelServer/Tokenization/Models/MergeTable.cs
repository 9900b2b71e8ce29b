namespace ModelServer.Tokenization.Models;

/// <summary>Which pairs of tokens merge, to what, and how early: the lower the rank, the earlier. Open addressing, at most half full.</summary>
internal sealed class MergeTable
{
    public const int None = int.MaxValue;

    private const ulong Free = ulong.MaxValue;
    private readonly ulong[] _pairs;
    private readonly int[] _ranks;
    private readonly int[] _results;
    private readonly int _shift;

    /// <param name="merges">In the order of their ranks; of equal pairs the last one counts.</param>
    public MergeTable(IReadOnlyList<Merge> merges)
    {
        var bits = 4;
        while (1 << bits < merges.Count * 2) bits++;
        _shift = 64 - bits;
        _pairs = new ulong[1 << bits];
        _ranks = new int[1 << bits];
        Array.Fill(_pairs, Free);
        _results = [.. merges.Select(m => m.Result)];
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var slot = Slot(Pair(merges[rank].Left, merges[rank].Right));
            (_pairs[slot], _ranks[slot]) = (Pair(merges[rank].Left, merges[rank].Right), rank);
        }
    }

    /// <summary>The rank of a pair, or <see cref="None"/>.</summary>
    public int Rank(int left, int right)
    {
        var pair = Pair(left, right);
        var slot = Slot(pair);
        return _pairs[slot] == pair ? _ranks[slot] : None;
    }

    /// <summary>The token that the pair of a rank becomes.</summary>
    public int Result(int rank) => _results[rank];

    private static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private int Slot(ulong pair)
    {
        var slot = (int)((pair ^ pair >> 29) * 0x9E3779B97F4A7C15 >> _shift);
        while (_pairs[slot] != pair && _pairs[slot] != Free) slot = slot + 1 & _pairs.Length - 1;
        return slot;
    }
}

/// <summary>Two tokens that stand next to each other and what they become.</summary>
internal readonly record struct Merge(int Left, int Right, int Result);
