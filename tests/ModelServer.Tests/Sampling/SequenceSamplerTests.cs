using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class SequenceSamplerTests
{
    private static readonly SamplingBuffers Buffers = new();

    [Fact]
    public void Next_Greedy_TakesTheHighestAndOfEqualOnesTheFirst()
    {
        var sampler = Create(new() { Temperature = 0 });

        Assert.Equal(2, sampler.Next([0, 1, 3, 2], Buffers).Id);
        Assert.Equal(1, sampler.Next([0, 5, 3, 5], Buffers).Id);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Next_LogitsThatAreNotFinite_Throws(float wrong)
    {
        foreach (var temperature in new[] { 0f, 1f })
            Assert.Throws<InvalidOperationException>(() => Create(new() { Temperature = temperature }).Next([0, wrong, 1], Buffers));
    }

    [Fact]
    public void Next_NothingIsPossible_Throws()
        => Assert.Throws<InvalidOperationException>(() => Create(new()).Next([float.NegativeInfinity, float.NegativeInfinity], Buffers));

    [Fact]
    public void Next_ImpossibleTokens_AreNeverChosen()
    {
        var sampler = Create(new() { Seed = 1 });

        for (var i = 0; i < 500; i++) Assert.Equal(1, sampler.Next([float.NegativeInfinity, -1e30f, float.NegativeInfinity], Buffers).Id);
    }

    [Fact]
    public void Next_Temperature_DrawsInProportion()
    {
        // exp(l / 2) of these is 1 : 2 : 5.
        float[] logits = [0, 2 * MathF.Log(2), 2 * MathF.Log(5)];

        var counts = Count(new() { Temperature = 2, Seed = 7 }, logits, 40_000);

        // Four standard deviations of a count of 40,000 draws are 400 at most.
        Assert.InRange(counts[0], 5_000 - 400, 5_000 + 400);
        Assert.InRange(counts[1], 10_000 - 400, 10_000 + 400);
        Assert.InRange(counts[2], 25_000 - 400, 25_000 + 400);
    }

    [Fact]
    public void Next_TopKThenTopP_LooksAtWhatTopKLeft()
    {
        // 4 : 3 : 2 : 1. Of the whole, 0.7 are the first two; of the best two, 0.57 is the first alone.
        float[] logits = [MathF.Log(4), MathF.Log(3), MathF.Log(2), 0];

        Assert.Equal([0], Support(new() { TopK = 2, TopP = 0.5f }, logits));
        Assert.Equal([0, 1], Support(new() { TopP = 0.5f }, logits));
    }

    [Fact]
    public void Next_MinP_KeepsAShareOfTheBest()
    {
        float[] logits = [MathF.Log(8), MathF.Log(5), MathF.Log(3), 0];

        Assert.Equal([0, 1], Support(new() { MinP = 0.5f }, logits));
        // At temperature 2 the third has the weight √(3/8) = 0.61 of the best.
        Assert.Equal([0, 1, 2], Support(new() { MinP = 0.5f, Temperature = 2 }, logits));
    }

    [Fact]
    public void Next_SameSeed_ChoosesTheSame()
    {
        var logits = new float[50];

        Assert.Equal(Draws(3), Draws(3));
        Assert.NotEqual(Draws(3), Draws(4));

        int[] Draws(ulong seed)
        {
            var sampler = Create(new() { Seed = seed });
            return [.. Enumerable.Range(0, 20).Select(_ => sampler.Next(logits, Buffers).Id)];
        }
    }

    [Fact]
    public void Next_OtherSequencesInBetween_ChangeNothing()
    {
        var (alone, beside, other) = (Create(new() { Seed = 9 }), Create(new() { Seed = 9 }), Create(new() { Seed = 10 }));
        var logits = Enumerable.Range(0, 300).Select(i => MathF.Sin(i)).ToArray();

        for (var i = 0; i < 50; i++)
        {
            other.Next(logits.AsSpan(0, 100 + i), Buffers);
            Assert.Equal(alone.Next(logits, new SamplingBuffers()).Id, beside.Next(logits, Buffers).Id);
        }
    }

    [Fact]
    public void Next_NoSeed_DiffersBetweenSequences()
    {
        var logits = new float[1000];

        Assert.NotEqual(Draw(), Draw());

        int[] Draw()
        {
            var sampler = Create(new());
            return [.. Enumerable.Range(0, 20).Select(_ => sampler.Next(logits, Buffers).Id)];
        }
    }

    [Fact]
    public void Next_LogitBias_IsAdded()
    {
        var sampler = Create(new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [0] = 100, [2] = -100 } });

        Assert.Equal(0, sampler.Next([1, 2, 50], Buffers).Id);
    }

    [Fact]
    public void Next_BeforeMinTokens_ChoosesNoEndToken()
    {
        var sampler = new SequenceSampler(new() { Temperature = 0 }, [], [3, 1], minTokens: 2);

        int[] chosen = [.. Enumerable.Range(0, 3).Select(_ => sampler.Next([0, 9, 1, 8], Buffers).Id)];

        Assert.Equal([2, 2, 1], chosen);
    }

    [Fact]
    public void Next_Logits_AreLeftAsTheyWere()
    {
        float[] logits = [1, 2, 3];
        var sampler = new SequenceSampler(new() { RepetitionPenalty = 2, TopK = 1, TopLogprobs = 1, LogitBias = new Dictionary<int, float> { [1] = 1 } }, [0], [2], minTokens: 1);

        sampler.Next(logits, Buffers);

        Assert.Equal([1, 2, 3], logits);
    }

    [Fact]
    public void Next_NothingAskedFor_AllocatesNothing()
    {
        var sampler = new SequenceSampler(
            new() { Seed = 1, Temperature = 0.8f, TopK = 50, TopP = 0.9f, MinP = 0.01f, PresencePenalty = 1, LogitBias = new Dictionary<int, float> { [1] = 1 } }, [1, 2], [3], minTokens: 5);
        var logits = Enumerable.Range(0, 5000).Select(i => MathF.Sin(i)).ToArray();
        // Room for the tokens that are counted.
        for (var i = 0; i < 300; i++) sampler.Next(logits, Buffers);

        var before = GC.GetAllocatedBytesForCurrentThread();
        sampler.Next(logits, Buffers);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 0);
    }

    private static SequenceSampler Create(SamplingOptions options) => new(options, [], [], minTokens: 0);

    private static int[] Count(SamplingOptions options, float[] logits, int draws)
    {
        var sampler = Create(options);
        var counts = new int[logits.Length];
        for (var i = 0; i < draws; i++) counts[sampler.Next(logits, Buffers).Id]++;
        return counts;
    }

    private static int[] Support(SamplingOptions options, float[] logits)
        => [.. Count(options with { Seed = 5 }, logits, 2000).Select((count, id) => (count, id)).Where(c => c.count > 0).Select(c => c.id)];
}
