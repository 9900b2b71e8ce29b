using ModelServer.Batching;
using ModelServer.Encoders;
using ModelServer.Scheduling;

namespace ModelServer.Tests.Batching;

public class BatchPackerTests
{
    private const int RunOverhead = 12;

    [Fact]
    public void Pack_AnyWindow_TakesTheOldestAndStaysWithinTheBudget()
    {
        var random = new Random(1);
        for (var round = 0; round < 5_000; round++)
        {
            // There is always a first sequence, and none is shorter than a token: see the next test.
            var lengths = Enumerable.Range(0, random.Next(1, 129)).Select(_ => random.Next(1, 513)).ToArray();
            var budget = random.Next(1, 1025);

            var chosen = Pack(lengths, budget);

            Assert.Equal(0, chosen[0]);
            Assert.Equal(chosen.Distinct().Order(), chosen);
            var padded = chosen.Length * chosen.Max(i => lengths[i]);
            Assert.True(padded <= budget || chosen.Length == 1, $"{padded} padded tokens for a budget of {budget}");
        }
    }

    [Fact]
    public void Sequence_WithoutTokens_IsRefusedBeforeItIsPacked() => Assert.Throws<ArgumentException>(() => new EncoderSequence([], [], QueueLane.Server));

    [Fact]
    public void Pack_EqualLengthsOnADeviceWithCostlyRuns_FillsTheBudget()
        => Assert.Equal(Enumerable.Range(0, 8), Pack(Enumerable.Repeat(64, 20).ToArray(), 512, runOverhead: 300));

    [Fact]
    public void Pack_LongAmongShort_LeavesTheLongOneForItsOwnRun()
        => Assert.Equal([0, 1, 3], Pack([10, 12, 300, 11], 512));

    [Fact]
    public void Pack_RandomSentences_PadsLittle()
    {
        var random = new Random(4);
        long real = 0, padded = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var lengths = Enumerable.Range(0, 48).Select(_ => random.Next(4, 60)).ToArray();

            var chosen = Pack(lengths, 512);

            padded += chosen.Length * chosen.Max(i => lengths[i]);
            real += chosen.Sum(i => lengths[i]);
        }

        Assert.InRange((double)real / padded, 0.9, 1);
    }

    [Fact]
    public void Pack_TwoEquallyGoodNeighbours_PrefersTheOlder()
        => Assert.Equal([0, 1], Pack([100, 100, 100, 100], 200));

    [Fact]
    public void Pack_NeighbourThatCostsMorePaddingThanARun_LeavesIt()
        => Assert.Equal([0], Pack([60, 10], 512));

    [Fact]
    public void Pack_LongerThanTheBudget_RunsAlone()
        => Assert.Equal([0], Pack([600, 5, 5], 512));

    [Fact]
    public void Pack_EqualLengthsOnly_TakesThoseOfTheFirstOnesLengthThatFit()
    {
        var random = new Random(3);
        for (var round = 0; round < 1000; round++)
        {
            int[] lengths = [.. Enumerable.Range(0, random.Next(1, 80)).Select(_ => random.Next(1, 9))];
            var budget = random.Next(1, 64);

            var chosen = Pack(lengths, budget, equalLengths: true);

            Assert.Equal(0, chosen[0]);
            Assert.All(chosen, i => Assert.Equal(lengths[0], lengths[i]));
            Assert.Equal(Math.Max(1, Math.Min(budget / lengths[0], lengths.Count(l => l == lengths[0]))), chosen.Length);
        }
    }

    /// <summary>Waiting longer is worth something among requests, not among the parts of one: they are answered together.</summary>
    [Fact]
    public void Pack_PartsOfOneRequest_TakesAllThatFit()
    {
        var apart = Pack(Enumerable.Repeat(25, 8).ToArray(), 512);
        var together = BatchPacker.Pack(Enumerable.Repeat(new PackedRows(1, 25, 0), 8).ToArray(), 512, RunOverhead);

        Assert.Equal([0, 1, 2, 3, 4, 5], apart);
        Assert.Equal(Enumerable.Range(0, 8), together);
    }

    [Fact]
    public void Pack_SeveralRowsEach_CountsThemAll()
    {
        PackedRows[] waiting = [new(3, 10, 0), new(2, 10, 1), new(4, 10, 2), new(9, 30, 3)];

        Assert.Equal([0, 1], BatchPacker.Pack(waiting, 75, RunOverhead));
        Assert.Equal([0, 1, 2], BatchPacker.Pack(waiting, 100, RunOverhead));
        Assert.Equal([0], BatchPacker.Pack([new(9, 10, 0), new(1, 10, 1)], 64, RunOverhead));
    }

    private static int[] Pack(int[] lengths, int budget, int runOverhead = RunOverhead, bool equalLengths = false)
        => BatchPacker.Pack(lengths.Select((length, i) => new PackedRows(1, length, i)).ToArray(), budget, runOverhead, equalLengths);
}
