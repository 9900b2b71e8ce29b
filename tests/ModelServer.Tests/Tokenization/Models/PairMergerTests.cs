using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Models;

public sealed class PairMergerTests
{
    /// <summary>Lengths on both sides of where scanning gives way to the heap.</summary>
    [Fact]
    public void Merge_RandomMerges_GiveWhatTheDefinitionSays()
    {
        var random = new Random(3);
        for (var round = 0; round < 600; round++)
        {
            var merges = RandomMerges(random);
            int[] ids = [.. Enumerable.Range(0, random.Next(0, 160)).Select(_ => random.Next(4))];
            Piece[] pieces = [.. ids.Select((id, i) => new Piece(id, i, i + 1))];
            var count = new PairMerger(new(merges)).Merge(pieces);

            var expected = ByDefinition(ids, merges);
            Assert.Equal(expected, pieces[..count].Select(p => p.Id));
            var end = 0;
            foreach (var piece in pieces[..count])
            {
                Assert.Equal(end, piece.Start);
                end = piece.End;
            }

            Assert.Equal(ids.Length, end);
        }
    }

    private static List<int> ByDefinition(int[] ids, List<Merge> merges)
    {
        var list = ids.ToList();
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(0, list.Count - 1)).Select(i => (Rank: merges.FindLastIndex(m => (m.Left, m.Right) == (list[i], list[i + 1])), At: i))
                .Where(p => p.Rank >= 0).OrderBy(p => p.Rank).FirstOrDefault((Rank: -1, At: 0));
            if (best.Rank < 0) return list;
            list[best.At] = merges[best.Rank].Result;
            list.RemoveAt(best.At + 1);
        }
    }

    /// <summary>Each merge makes a token of its own, as in every vocabulary that was learnt.</summary>
    private static List<Merge> RandomMerges(Random random)
    {
        var merges = new List<Merge>();
        for (var next = 4; next < 16; next++) merges.Add(new(random.Next(next), random.Next(next), next));
        return [.. merges.DistinctBy(m => (m.Left, m.Right)).OrderBy(_ => random.Next())];
    }
}
