using System.Diagnostics.Metrics;
using Gateway.Authentication;
using Gateway.Replicas;
using Gateway.Telemetry;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.Replicas;

/// <summary>Rounds of probes come when the test's clock says so; only the answers take real time.</summary>
public sealed class ReplicaProbeTests : IAsyncLifetime, IDisposable
{
    private readonly PoolParts _parts = new(replicas: 0, new() { ProbeTimeout = TimeSpan.FromMinutes(1) });
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private FakeReplica _replica = null!;
    private ReplicaProbe? _probe;

    private Replica Replica => _parts.Pool.All.Single();

    public async Task InitializeAsync() => _replica = await FakeReplica.StartAsync();

    public async Task DisposeAsync()
    {
        if (_probe is not null) await _probe.StopAsync(default);
        await _replica.DisposeAsync();
    }

    public void Dispose()
    {
        _probe?.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Probe_AnsweredHealthy_MakesTheReplicaReadyWithItsModels()
    {
        await StartAsync(TestTokens.SigningKey);

        await Eventually.HoldsAsync(() => Replica.State == ReplicaState.Ready);
        Assert.Contains("sentiment:1", Replica.Models.Ready);
        Assert.StartsWith("Bearer ", _replica.ProbedWith, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_WithoutAKey_CarriesNoToken()
    {
        await StartAsync(key: null);

        await Eventually.HoldsAsync(() => Replica.State == ReplicaState.Ready);
        Assert.Equal("", _replica.ProbedWith ?? "");
    }

    [Theory]
    [InlineData("""{"status":"starting"}""", true)]
    [InlineData("""{"status":"healthy"}""", false)]
    [InlineData("no json", true)]
    [InlineData("null", true)]
    public async Task Probe_AnsweredOtherwise_MakesTheReplicaUnready(string health, bool isReady)
    {
        await StartAsync(TestTokens.SigningKey);
        await Eventually.HoldsAsync(() => Replica.State == ReplicaState.Ready);
        _replica.Health = health;
        _replica.IsReady = isReady;

        await RoundsUntilAsync(() => Replica.State == ReplicaState.Unready);

        Assert.Null(Replica.LastFailure);
    }

    [Fact]
    public async Task Probe_ThatNobodyTakes_IsAConnectFailureAtOnce()
    {
        await StartAsync(TestTokens.SigningKey);
        await Eventually.HoldsAsync(() => Replica.State == ReplicaState.Ready);
        await _replica.KillAsync();

        await RoundsUntilAsync(() => Replica.State == ReplicaState.Unready);

        Assert.Equal(FailureKind.Connect, Replica.LastFailure?.Kind);
    }

    /// <summary>HttpClient then lets the bare SocketException out. It ended the loop, and with it the gateway.</summary>
    [Fact]
    public async Task Probe_WhoseConnectionIsResetAsItIsMade_IsAConnectFailureAndNoMore()
    {
        using var resetting = new ResettingListener();
        await StartAsync(TestTokens.SigningKey, [.. Enumerable.Range(1, 32).Select(i => new ReplicaAddress($"modelserver-{i}", resetting.Address))]);

        await RoundsUntilAsync(() => resetting.Count >= 1000 || _probe!.ExecuteTask!.IsCompleted);

        Assert.False(_probe!.ExecuteTask!.IsCompleted, _probe.ExecuteTask.Exception?.ToString());
        Assert.All(_parts.Pool.All, r => Assert.Equal(ReplicaState.Unready, r.State));
    }

    private Task StartAsync(string? key) => StartAsync(key, [new("modelserver-1", new Uri(_replica.Address))]);

    private async Task StartAsync(string? key, ReplicaAddress[] replicas)
    {
        _parts.Pool.Set(replicas);
        var bearer = new BearerOptions { Issuer = TestTokens.Issuer, Audience = TestTokens.Audience, SigningKey = key };
        _probe = new(
            _parts.Pool, Options.Create(_parts.Options), Options.Create(new ConnectionOptions { Http2 = true }), new InternalTokens(Options.Create(bearer), TimeProvider.System),
            new GatewayMetrics(_meters.GetRequiredService<IMeterFactory>()), _parts.Clock, NullLogger<ReplicaProbe>.Instance);
        await _probe.StartAsync(default);
    }

    private Task RoundsUntilAsync(Func<bool> condition) => Eventually.HoldsAsync(() =>
    {
        _parts.Clock.Advance(_parts.Options.ProbeInterval);
        return condition();
    });
}
