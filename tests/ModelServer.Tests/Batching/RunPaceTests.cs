using ModelServer.Batching;

namespace ModelServer.Tests.Batching;

public class RunPaceTests
{
    [Fact]
    public void IsShort_NothingRanYet_IsFalse() => Assert.False(new RunPace().IsShort(1));

    [Theory]
    [InlineData(49, true)]
    [InlineData(51, false)]
    public void IsShort_TenthOfAMillisecondAToken_IsTrueUpToFifty(int cost, bool expected)
    {
        var pace = new RunPace();
        pace.Ran(20, TimeSpan.FromMilliseconds(2));

        Assert.Equal(expected, pace.IsShort(cost));
    }

    [Fact]
    public void IsShort_RunsBecomeSlower_IsFalseBeforeLong()
    {
        var pace = new RunPace();
        pace.Ran(20, TimeSpan.FromMilliseconds(2));
        for (var i = 0; i < 3; i++) pace.Ran(20, TimeSpan.FromMilliseconds(20));

        Assert.False(pace.IsShort(20));
    }
}
