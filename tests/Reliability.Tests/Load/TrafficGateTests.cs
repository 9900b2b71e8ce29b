using Reliability.Load;

namespace Reliability.Tests.Load;

public class TrafficGateTests
{
    private readonly TrafficGate _gate = new();

    [Fact]
    public async Task Close_WaitsForWhoIsInside()
    {
        Assert.True(await _gate.EnterAsync(CancellationToken.None));
        var closing = _gate.CloseAsync(CancellationToken.None);
        Assert.False(closing.IsCompleted);
        _gate.Leave();
        await closing;
    }

    [Fact]
    public async Task Enter_WhileClosed_WaitsUntilItOpens()
    {
        await _gate.CloseAsync(CancellationToken.None);
        var entering = _gate.EnterAsync(CancellationToken.None);
        Assert.False(entering.IsCompleted);
        _gate.Open();
        Assert.True(await entering);
    }

    [Fact]
    public async Task Enter_WhileClosed_EndsWithTheLoad()
    {
        using var end = new CancellationTokenSource();
        await _gate.CloseAsync(CancellationToken.None);
        var entering = _gate.EnterAsync(end.Token);
        await end.CancelAsync();
        Assert.False(await entering);
    }
}
