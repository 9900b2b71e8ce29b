using Gateway.RateLimiting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class ClientRateLimiterTests : IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly ClientRateLimiter _limiter;

    public ClientRateLimiterTests()
    {
        var options = new RateLimitingOptions
        {
            Tiers = new(StringComparer.OrdinalIgnoreCase)
            {
                ["default"] = new() { RequestsPerMinute = 4 },
                ["fast"] = new() { RequestsPerMinute = 100_000 },
                ["bench"] = new() { Unlimited = true },
            },
        };
        _limiter = new(Options.Create(options), _clock);
    }

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public void Acquire_UpToTheLimit_CountsDownThenRefuses()
    {
        var passed = Enumerable.Range(0, 4).Select(_ => _limiter.Acquire("a", null)!.Value).ToArray();
        var refused = _limiter.Acquire("a", null)!.Value;

        Assert.All(passed, d => Assert.True(d.IsAllowed));
        Assert.Equal([3, 2, 1, 0], passed.Select(d => d.Remaining));
        Assert.Equal([15, 30, 45, 60], passed.Select(d => d.Reset.TotalSeconds));
        Assert.False(refused.IsAllowed);
        Assert.Equal(TimeSpan.FromSeconds(15), refused.RetryAfter);
        Assert.Equal(4, refused.Limit);
    }

    [Fact]
    public void Acquire_AfterRetryAfter_PassesOnce()
    {
        for (var i = 0; i < 4; i++) _limiter.Acquire("a", null);
        _clock.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(_limiter.Acquire("a", null)!.Value.IsAllowed);

        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(_limiter.Acquire("a", null)!.Value.IsAllowed);
        Assert.False(_limiter.Acquire("a", null)!.Value.IsAllowed);
    }

    [Fact]
    public void Acquire_AfterAQuietMinute_HasTheFullLimitAndNoMore()
    {
        for (var i = 0; i < 4; i++) _limiter.Acquire("a", null);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(4, Enumerable.Range(0, 20).Count(_ => _limiter.Acquire("a", null)!.Value.IsAllowed));
    }

    [Fact]
    public void Acquire_ByAnotherClient_IsUnaffected()
    {
        for (var i = 0; i < 5; i++) _limiter.Acquire("a", null);

        Assert.Equal(3, _limiter.Acquire("b", null)!.Value.Remaining);
    }

    [Theory]
    [InlineData("fast", "fast", 100_000)]
    [InlineData("FAST", "fast", 100_000)]
    [InlineData("unheard-of", "default", 4)]
    [InlineData("", "default", 4)]
    [InlineData(null, "default", 4)]
    public void Acquire_WithTier_TakesItsLimitOrTheDefault(string? tier, string expected, long limit)
    {
        var decision = _limiter.Acquire("a", tier)!.Value;

        Assert.Equal((expected, limit), (decision.Tier, decision.Limit));
    }

    [Fact]
    public void Acquire_WithoutALimit_DecidesNothing() => Assert.Null(_limiter.Acquire("a", "bench"));

    [Fact]
    public void Acquire_FromManyThreads_NeverPassesMoreThanTheLimit()
    {
        var passed = 0;
        Parallel.For(0, 200_000, _ =>
        {
            if (_limiter.Acquire("a", "fast")!.Value.IsAllowed) Interlocked.Increment(ref passed);
        });

        Assert.Equal(100_000, passed);
    }

    [Fact]
    public void Buckets_OnceFullAgain_AreForgotten()
    {
        for (var i = 0; i < 1000; i++) _limiter.Acquire($"client-{i}", null);
        _clock.Advance(TimeSpan.FromSeconds(50));
        _limiter.Acquire("late", null);

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, _limiter.Count);
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
