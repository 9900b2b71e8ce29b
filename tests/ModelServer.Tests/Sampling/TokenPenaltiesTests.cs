using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class TokenPenaltiesTests
{
    [Fact]
    public void Apply_Repetition_DividesPositiveAndMultipliesNegative()
    {
        var penalties = new TokenPenalties(new() { RepetitionPenalty = 2 }, [0, 1, 1]);
        penalties.Add(3);

        Assert.Equal([2, -8, 4, 0.5f], Apply(penalties, [4, -4, 4, 1]));
    }

    [Fact]
    public void Apply_PresenceAndFrequency_CountTheOutputAlone()
    {
        var penalties = new TokenPenalties(new() { PresencePenalty = 0.5f, FrequencyPenalty = 0.25f }, [0]);
        penalties.Add(1);
        penalties.Add(2);
        penalties.Add(2);

        Assert.Equal([1, 0.25f, 0, 1], Apply(penalties, [1, 1, 1, 1]));
    }

    [Fact]
    public void Apply_AllPenalties_RepetitionFirst()
    {
        var penalties = new TokenPenalties(new() { RepetitionPenalty = 4, PresencePenalty = -1 }, [0]);
        penalties.Add(0);

        Assert.Equal([3], Apply(penalties, [8]));
    }

    private static float[] Apply(TokenPenalties penalties, float[] logits)
    {
        penalties.Apply(logits);
        return logits;
    }
}
