using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Telemetry;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

public sealed class GatewayMetricsTests
{
    [Fact]
    public async Task Requests_AreCountedByRouteAndOutcome()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("RateLimiting:Tiers:default:RequestsPerMinute", "2"));
        using var meter = Listen(gateway, out var counts);
        using var client = gateway.CreateInferClient();
        using var stranger = gateway.CreateClient();

        for (var i = 0; i < 3; i++) (await client.PredictAsync()).Dispose();
        (await stranger.PredictAsync()).Dispose();
        (await stranger.GetAsync("/")).Dispose();
        foreach (var path in new[] { "/a", "/b", "/c" }) (await stranger.GetAsync(path)).Dispose();

        Assert.Equal(2, counts["gateway.requests route=predict outcome=success"]);
        Assert.Equal(1, counts["gateway.requests route=predict outcome=rate_limited"]);
        Assert.Equal(1, counts["gateway.requests route=predict outcome=denied"]);
        Assert.Equal(3, counts["gateway.requests route=other outcome=denied"]);
        Assert.Equal(1, counts["gateway.rate_limited tier=default kind=requests"]);
    }

    [Fact]
    public async Task Failures_AndRetries_AreCountedByKind()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: ("Replicas:ProbeInterval", "00:10:00"));
        using var meter = Listen(gateway, out var counts);
        using var client = gateway.CreateInferClient();
        foreach (var replica in gateway.Replicas) await replica.KillAsync();

        (await client.PredictAsync()).Dispose();
        (await client.PredictAsync()).Dispose();
        meter.RecordObservableInstruments();

        Assert.Equal(1, counts["gateway.proxy.retries kind=connect"]);
        Assert.Equal(1, counts["gateway.proxy.failures kind=connect"]);
        Assert.Equal(1, counts["gateway.proxy.failures kind=no_replica"]);
        Assert.Equal(2, counts["gateway.replica.changes state=unready"]);
        Assert.Equal(2, counts["gateway.replicas state=unready"]);
    }

    [Fact]
    public async Task Replica_ThatRefusesOneConnection_IsNotTriedAgainSoon()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: ("Replicas:ProbeInterval", "00:10:00"));
        using var meter = Listen(gateway, out var counts);
        using var client = gateway.CreateInferClient();
        await gateway.Replica.KillAsync();

        for (var i = 0; i < 100; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.Equal(1, counts["gateway.proxy.retries kind=connect"]);
        Assert.DoesNotContain(counts.Keys, k => k.StartsWith("gateway.proxy.failures", StringComparison.Ordinal));
    }

    private static MeterListener Listen(GatewayHost gateway, out ConcurrentDictionary<string, long> counts)
    {
        var seen = counts = new();
        var ours = gateway.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == GatewayMetrics.MeterName && instrument.Meter.Scope == ours) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;

        void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = instrument.Name;
            foreach (var (name, label) in tags) key += $" {name}={label}";
            seen.AddOrUpdate(key, value, (_, sum) => sum + value);
        }
    }
}
