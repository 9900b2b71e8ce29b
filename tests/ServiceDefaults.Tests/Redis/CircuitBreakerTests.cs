using Testing;

namespace ServiceDefaults.Tests.Redis;

public class CircuitBreakerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryEnter_AfterFailuresInARow_IsRefused()
    {
        var breaker = Breaker();
        breaker.Fail();
        breaker.Fail();
        breaker.Succeed();
        Assert.False(breaker.Fail());
        Assert.False(breaker.Fail());
        Assert.True(breaker.TryEnter());

        Assert.True(breaker.Fail());

        Assert.False(breaker.TryEnter());
    }

    [Fact]
    public void TryEnter_PauseIsOver_LetsOneThroughInEachPause()
    {
        var breaker = Opened();

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(breaker.TryEnter());
        Assert.False(breaker.TryEnter());
        Assert.False(breaker.Fail());
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(breaker.TryEnter());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryEnter());
    }

    [Fact]
    public void Succeed_WhileOpen_Closes()
    {
        var breaker = Opened();

        Assert.True(breaker.Succeed());

        Assert.True(breaker.TryEnter());
    }

    private CircuitBreaker Breaker() => new(3, TimeSpan.FromSeconds(5), _time);

    private CircuitBreaker Opened()
    {
        var breaker = Breaker();
        for (var i = 0; i < 3; i++) breaker.Fail();
        return breaker;
    }
}
