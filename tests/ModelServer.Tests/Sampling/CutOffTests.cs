using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class CutOffTests
{
    [Fact]
    public void TopK_TiesAtTheEdge_AreAllKept()
        => Assert.Equal([1, 0.5f, 0.5f, 0, 0.5f], After([1, 0.5f, 0.5f, 0.25f, 0.5f], w => CutOff.TopK(w, 2)));

    [Theory]
    [InlineData(0.75f, new[] { 0.5f, 1, 0, 0 })]
    [InlineData(0.76f, new[] { 0.5f, 1, 0.25f, 0 })]
    [InlineData(0.5f, new[] { 0f, 1, 0, 0 })]
    [InlineData(0f, new[] { 0f, 1, 0, 0 })]
    [InlineData(0.9f, new[] { 0.5f, 1, 0.25f, 0.25f })]
    public void TopP_ExactShares_KeepsTheFewestThatReachThem(float p, float[] expected)
        => Assert.Equal(expected, After([0.5f, 1, 0.25f, 0.25f], w => CutOff.TopP(w, p)));

    [Fact]
    public void TopP_AllEqual_KeepsTheFirst()
    {
        var weights = After([.. Enumerable.Repeat(1f, 1000)], w => CutOff.TopP(w, 0.25f));

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i < 250 ? 1f : 0), weights);
    }

    [Fact]
    public void Below_ExactThreshold_IsKept()
        => Assert.Equal([1, 0.5f, 0, 0, 0, 0, 0, 0, 0.5f, 0, 0], After([1, 0.5f, 0.49f, 0, 0, 0, 0, 0, 0.5f, 0.1f, 0.2f], w => CutOff.Below(w, 0.5f)));

    [Fact]
    public void TopKAndTopP_RandomWeights_AgreeWithSorting()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var weights = RandomWeights(random);
            var order = weights.Select((weight, id) => (weight, id)).OrderByDescending(w => w.weight).ThenBy(w => w.id).ToArray();
            var k = random.Next(1, weights.Length + 1);
            var kth = order[k - 1].weight;
            Assert.Equal(weights.Select(w => w >= kth ? w : 0), After(weights, w => CutOff.TopK(w, k)));

            // Weights and shares of few bits, so that no sum is rounded.
            var (p, sum, count) = (random.Next(65) / 64f, 0.0, 0);
            var total = weights.Sum(w => (double)w);
            while (count == 0 || sum < p * total) sum += order[count++].weight;
            var kept = order.Take(count).Select(w => w.id).ToHashSet();
            Assert.Equal(weights.Select((w, id) => kept.Contains(id) ? w : 0), After(weights, w => CutOff.TopP(w, p)));
        }
    }

    private static float[] RandomWeights(Random random)
    {
        var weights = new float[random.Next(1, 3000)];
        var levels = 1 << random.Next(12);
        for (var i = 0; i < weights.Length; i++) weights[i] = random.Next(levels) / (float)levels;
        weights[random.Next(weights.Length)] = 1;
        return weights;
    }

    private static float[] After(float[] weights, Action<float[]> cut)
    {
        float[] copy = [.. weights];
        cut(copy);
        return copy;
    }
}
