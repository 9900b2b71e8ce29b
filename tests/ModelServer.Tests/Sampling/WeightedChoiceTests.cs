using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class WeightedChoiceTests
{
    private const double AlmostOne = 1 - (1.0 / (1UL << 53));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.24, 1)]
    [InlineData(0.25, 3)]
    [InlineData(AlmostOne, 3)]
    public void Pick_Unit_FallsIntoItsShare(double unit, int expected) => Assert.Equal(expected, WeightedChoice.Pick([0, 0.25f, 0, 0.75f, 0], unit));

    [Fact]
    public void Pick_AnyUnit_NeverChoosesWeightZero()
    {
        var random = new Random(2);
        for (var round = 0; round < 300; round++)
        {
            var weights = new float[random.Next(1, 5000)];
            for (var i = random.Next(1, 5); i > 0; i--) weights[random.Next(weights.Length)] = random.NextSingle() + 1e-9f;

            foreach (var unit in new[] { 0, random.NextDouble(), AlmostOne }) Assert.True(weights[WeightedChoice.Pick(weights, unit)] > 0);
        }
    }

    [Fact]
    public void Pick_ManyWeights_MatchesTheRunningSum()
    {
        // Integers: no sum is rounded.
        var weights = Enumerable.Range(0, 4000).Select(i => (float)(i % 7)).ToArray();
        var total = weights.Sum();
        var sum = 0f;
        for (var i = 0; i < weights.Length; sum += weights[i++])
            if (weights[i] > 0) Assert.Equal(i, WeightedChoice.Pick(weights, (sum + 0.5) / total));
    }
}
