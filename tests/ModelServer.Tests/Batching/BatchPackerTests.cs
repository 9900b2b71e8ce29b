using ModelServer.Batching;

namespace ModelServer.Tests.Batching;

public class BatchPackerTests
{
    [Fact]
    public void Pack_AnyWindow_TakesTheOldestAndStaysWithinTheBudget()
    {
        var random = new Random(1);
        for (var round = 0; round < 5_000; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 129)).Select(_ => random.Next(1, 513)).ToArray();
            var budget = random.Next(16, 1025);

            var chosen = BatchPacker.Pack(lengths, budget);

            Assert.Equal(0, chosen[0]);
            Assert.Equal(chosen.Distinct().Order(), chosen);
            var padded = chosen.Count * chosen.Max(i => lengths[i]);
            Assert.True(padded <= budget || chosen.Count == 1, $"{padded} padded tokens for a budget of {budget}");
        }
    }

    [Fact]
    public void Pack_EqualLengths_FillsTheBudget()
        => Assert.Equal(8, BatchPacker.Pack(Enumerable.Repeat(64, 20).ToArray(), 512).Count);

    [Fact]
    public void Pack_LongAmongShort_LeavesTheLongOneForItsOwnRun()
        => Assert.Equal([0, 1, 3], BatchPacker.Pack([10, 12, 300, 11], 512));

    [Fact]
    public void Pack_BeyondTheKnee_PadsAtMostAnEighth()
    {
        var random = new Random(4);
        for (var round = 0; round < 2_000; round++)
        {
            var lengths = Enumerable.Range(0, 100).Select(_ => random.Next(4, 60)).ToArray();

            var chosen = BatchPacker.Pack(lengths, 512);

            var padded = chosen.Count * chosen.Max(i => lengths[i]);
            Assert.True(padded <= 128 || (padded - chosen.Sum(i => lengths[i])) * 8 <= padded);
        }
    }

    [Fact]
    public void Pack_LongerThanTheBudget_RunsAlone()
        => Assert.Equal([0], BatchPacker.Pack([600, 5, 5], 512));
}
