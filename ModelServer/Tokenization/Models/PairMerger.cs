using System.Buffers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Models;

/// <summary>Merges neighbours until no pair is left that merges: always the pair of lowest rank, of equal ones the leftmost.</summary>
internal sealed class PairMerger(MergeTable merges)
{
    // Scanning for the lowest rank costs n² but no memory; beyond this a heap is faster.
    private const int LongestScan = 48, Gone = -2;

    /// <summary>Merges in place and returns how many remain, at the front.</summary>
    public int Merge(Span<Piece> pieces) => pieces.Length <= LongestScan ? Scan(pieces) : MergeByHeap(pieces);

    private int Scan(Span<Piece> pieces)
    {
        var count = pieces.Length;
        Span<int> ranks = stackalloc int[LongestScan];
        for (var i = 0; i + 1 < count; i++) ranks[i] = merges.Rank(pieces[i].Id, pieces[i + 1].Id);
        while (count > 1)
        {
            var (best, lowest) = (0, ranks[0]);
            for (var i = 1; i < count - 1; i++) if (ranks[i] < lowest) (best, lowest) = (i, ranks[i]);
            if (lowest == MergeTable.None) break;
            pieces[best] = new(merges.Result(lowest), pieces[best].Start, pieces[best + 1].End);
            pieces[(best + 2)..count].CopyTo(pieces[(best + 1)..]);
            ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
            count--;
            if (best > 0) ranks[best - 1] = merges.Rank(pieces[best - 1].Id, pieces[best].Id);
            if (best + 1 < count) ranks[best] = merges.Rank(pieces[best].Id, pieces[best + 1].Id);
        }

        return count;
    }

    /// <summary>Pieces as a linked list, pairs in a heap by rank and place; pairs that are gone are recognised when they come up.</summary>
    private int MergeByHeap(Span<Piece> pieces)
    {
        var count = pieces.Length;
        var links = ArrayPool<int>.Shared.Rent(count * 2);
        var previous = links.AsSpan(0, count);
        var next = links.AsSpan(count, count);
        var heap = new PairHeap(count);
        for (var i = 0; i < count; i++)
        {
            (previous[i], next[i]) = (i - 1, i + 1);
            if (i + 1 < count) heap.Add(merges.Rank(pieces[i].Id, pieces[i + 1].Id), i);
        }

        while (heap.TryTake(out var rank, out var left))
        {
            var right = next[left];
            if (right >= count || previous[left] == Gone || merges.Rank(pieces[left].Id, pieces[right].Id) != rank) continue;
            pieces[left] = new(merges.Result(rank), pieces[left].Start, pieces[right].End);
            (next[left], previous[right]) = (next[right], Gone);
            if (previous[left] is >= 0 and var before) heap.Add(merges.Rank(pieces[before].Id, pieces[left].Id), before);
            if (next[left] is var after && after < count)
            {
                previous[after] = left;
                heap.Add(merges.Rank(pieces[left].Id, pieces[after].Id), left);
            }
        }

        var kept = 0;
        for (var i = 0; i < count; i = next[i]) pieces[kept++] = pieces[i];
        heap.Return();
        ArrayPool<int>.Shared.Return(links);
        return kept;
    }
}
