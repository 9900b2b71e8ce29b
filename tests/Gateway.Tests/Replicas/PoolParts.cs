using System.Diagnostics.Metrics;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Telemetry;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Testing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Replicas;

/// <summary>A pool on a clock that stands still, without network.</summary>
internal sealed class PoolParts
{
    public PoolParts(int replicas, ReplicaOptions? options = null)
    {
        Options = options ?? new();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        Pool = new(Microsoft.Extensions.Options.Options.Create(Options), new GatewayMetrics(meters), Clock, NullLogger<ReplicaPool>.Instance);
        Pool.Set(Enumerable.Range(1, replicas).Select(i => new ReplicaAddress($"modelserver-{i}", new Uri($"http://127.0.0.1:{i}"))));
        foreach (var replica in Pool.All) Probe(replica);
    }

    public ManualTimeProvider Clock { get; } = new();

    public ReplicaOptions Options { get; }

    public ReplicaPool Pool { get; }

    public Replica this[int number] => Pool.Find($"modelserver-{number}")!;

    public ConversationAffinity Affinity(int tokens = 2048) => new(Pool, Microsoft.Extensions.Options.Options.Create(new AffinityOptions { Tokens = tokens }));

    public static DestinationState[] Destinations(int count) => [.. Enumerable.Range(1, count).Select(i => new DestinationState($"modelserver-{i}"))];

    public static void Probe(Replica replica, bool ready = true, string state = "ready", params string[] models)
        => replica.Probed(new ReplicaHealth(ready ? "healthy" : "starting", ready, false, null, new(state, 0, 0, 0, models), new(TestModels.Of([.. models.Select(m => (m, "ready"))]), [])), ready);
}
