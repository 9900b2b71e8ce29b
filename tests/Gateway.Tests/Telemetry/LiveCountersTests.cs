using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

public sealed class LiveCountersTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 0)]
    [InlineData(0.11, 1)]
    [InlineData(1_000_000, 64)]
    public void Request_OfThisLatency_FallsIntoTheFirstBoundThatHoldsIt(double milliseconds, int bucket)
    {
        var counters = new LiveCounters();

        counters.Completed(RequestOutcome.Success, TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(1, counters.Latency()[bucket]);
        Assert.Equal(1, counters.Latency().Sum());
    }

    [Fact]
    public void Request_ThatFailed_IsInNoLatency()
    {
        var counters = new LiveCounters();

        foreach (var outcome in RequestOutcome.All) counters.Completed(outcome, TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, counters.Latency().Sum());
        Assert.All(counters.Outcomes(), o => Assert.Equal(1, o.Value));
        Assert.Equal(65, counters.Latency().Length);
    }

    [Fact]
    public void Requests_OfManyThreads_AreAllCounted()
    {
        var counters = new LiveCounters();

        Parallel.For(0, 10_000, i => counters.Completed(i % 2 == 0 ? RequestOutcome.Success : RequestOutcome.Timeout, TimeSpan.FromMilliseconds(i)));

        Assert.Equal((5_000, 5_000, 5_000), (counters.Outcomes()["success"], counters.Outcomes()["timeout"], counters.Latency().Sum()));
    }
}
