using Gateway.RateLimiting;

namespace Gateway.Tests.RateLimiting;

public sealed class TierTests
{
    [Fact]
    public void Burst_IsAShorterWindowAtTheSameRate()
    {
        var tier = Tier.From("T", new() { RequestsPerMinute = 600, Burst = 20 })!;

        Assert.Equal([new(QuotaKind.Requests, 600, TimeSpan.FromMinutes(1)), new(QuotaKind.Burst, 20, TimeSpan.FromSeconds(2))], tier.Requests);
        Assert.Empty(tier.Tokens);
    }

    [Fact]
    public void Tokens_NotLimited_HaveNoQuota()
    {
        var tier = Tier.From("t", new() { TokensPerDay = 5 })!;

        Assert.Equal(QuotaKind.TokensPerDay, Assert.Single(tier.Tokens).Kind);
        Assert.Null(Tier.From("t", new() { Unlimited = true }));
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(0.6, "1ms")]
    [InlineData(12, "12ms")]
    [InlineData(1000, "1s")]
    [InlineData(8640, "8.64s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(389_000, "6m29s")]
    public void Duration_IsWrittenAsOpenAIDoes(double milliseconds, string expected)
        => Assert.Equal(expected, RateLimitHeaders.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
