using Gateway.RateLimiting;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.RateLimiting;

/// <summary>A client that is idle is forgotten; one whose request is on its way is not, however long it takes to arrive.</summary>
public sealed class ForgottenClientTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly GatewayHost _gateway;
    private readonly ClientRateLimiter _clients;

    public ForgottenClientTests()
    {
        _gateway = GatewayHost.Create("Production", services => services.AddSingleton<TimeProvider>(_time), ("RateLimiting:Tiers:default:Concurrency", "1"));
        _clients = _gateway.Services.GetRequiredService<ClientRateLimiter>();
    }

    public async ValueTask DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Client_HeldWhileTheSweepPasses_StaysTheOneWithItsSlots()
    {
        var tier = _clients.TierOf(null)!;
        using var slow = _clients.Hold("team", tier);

        _time.Advance(TimeSpan.FromMinutes(5));

        using var other = _clients.Hold("team", tier);
        Assert.Same(slow, other);
        Assert.True((await slow.AdmitAsync(0)).Decision.IsAllowed);
        Assert.False((await other.AdmitAsync(0)).Decision.IsAllowed);
    }

    [Fact]
    public void Client_HeldByNobodyAndIdle_IsForgotten()
    {
        _clients.Hold("team", _clients.TierOf(null)!).Dispose();
        Assert.Equal(1, _clients.Count);

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(0, _clients.Count);
    }

    [Fact]
    public async Task Holds_WhileTheSweepRuns_NeverGetARetiredClient()
    {
        var tier = _clients.TierOf(null)!;
        var isOver = false;
        var sweeping = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver)) _time.Advance(TimeSpan.FromSeconds(1));
        });
        for (var i = 0; i < 2000; i++)
        {
            using var first = _clients.Hold("team", tier);
            using var second = _clients.Hold("team", tier);
            Assert.Same(first, second);
        }

        Volatile.Write(ref isOver, true);
        await sweeping;
    }
}
