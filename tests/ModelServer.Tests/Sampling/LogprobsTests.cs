using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class LogprobsTests
{
    private const double Tolerance = 1e-5;

    [Fact]
    public void Of_KnownShares_AreTheirLogarithms()
    {
        // 1 : 2 : 5.
        float[] logits = [30, 30 + MathF.Log(2), 30 + MathF.Log(5)];

        var token = Logprobs.Of(logits, 1, 2, new float[3]);

        Assert.Equal(1, token.Id);
        Assert.Equal(Math.Log(2 / 8.0), token.Logprob, Tolerance);
        Assert.Equal([2, 1], token.Top.Select(t => t.Id));
        Assert.Equal(Math.Log(5 / 8.0), token.Top[0].Logprob, Tolerance);
    }

    [Fact]
    public void Next_TemperatureAndCutOffs_DoNotChangeThem()
    {
        float[] logits = [0, MathF.Log(2), MathF.Log(5)];
        var sampler = new SequenceSampler(new() { Temperature = 0.1f, TopK = 1, TopLogprobs = 3 }, [], [], minTokens: 0);

        var token = sampler.Next(logits, new SamplingBuffers());

        Assert.Equal(Math.Log(5 / 8.0), token.Logprob, Tolerance);
        Assert.Equal(Math.Log(1 / 8.0), token.Top[2].Logprob, Tolerance);
    }

    [Fact]
    public void Next_Bias_ChangesThem()
    {
        var sampler = new SequenceSampler(new() { Temperature = 0, TopLogprobs = 0, LogitBias = new Dictionary<int, float> { [0] = MathF.Log(3) } }, [], [], minTokens: 0);

        var token = sampler.Next([0, 0], new SamplingBuffers());

        Assert.Equal(Math.Log(3 / 4.0), token.Logprob, Tolerance);
        Assert.Empty(token.Top);
    }

    [Fact]
    public void Of_ImpossibleTokens_AreNotTold()
    {
        var token = Logprobs.Of([float.NegativeInfinity, 0, float.NegativeInfinity], 1, 3, new float[3]);

        Assert.Equal([new TokenLogprob(1, 0)], token.Top);
    }

    [Fact]
    public void Of_RandomLogits_TellsTheBestAsSortingDoes()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var logits = Enumerable.Range(0, random.Next(1, 400)).Select(_ => random.Next(20) == 0 ? float.NegativeInfinity : random.Next(-50, 50)).ToArray();
            logits[random.Next(logits.Length)] = random.Next(-50, 50);
            var top = random.Next(21);

            var token = Logprobs.Of(logits, 0, top, new float[logits.Length]);

            var expected = logits.Select((logit, id) => (logit, id)).Where(l => float.IsFinite(l.logit)).OrderByDescending(l => l.logit).ThenBy(l => l.id).Take(top).Select(l => l.id);
            Assert.Equal(expected, token.Top.Select(t => t.Id));
        }
    }
}
