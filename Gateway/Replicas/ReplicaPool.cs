using System.Collections.Frozen;
using Gateway.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Replicas;

/// <summary>Holds all model servers that are configured or discovered now.</summary>
internal sealed partial class ReplicaPool(IOptions<ReplicaOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<ReplicaPool> logger)
{
    private volatile FrozenDictionary<string, Replica> _byName = FrozenDictionary<string, Replica>.Empty;
    private volatile bool _modelsDiffer;

    /// <summary>Raised after a replica's state has changed.</summary>
    public event Action? StateChanged;

    /// <summary>Raised after a round of probes.</summary>
    public event Action? Reviewed;

    /// <summary>The lock of every change of a state, so that two replicas are never ejected because of each other.</summary>
    public Lock Gate { get; } = new();

    public IEnumerable<Replica> All => _byName.Values.OrderBy(r => r.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a model decides which replica may be asked: not all available ones have the same models in the same states, or one that
    /// is not available has others.</summary>
    public bool ModelsDiffer => _modelsDiffer;

    public Replica? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Replaces the list; those that stay at their address keep their state.</summary>
    public void Set(IEnumerable<ReplicaAddress> addresses)
    {
        var known = _byName;
        _byName = addresses.ToFrozenDictionary(
            a => a.Name,
            a => known.GetValueOrDefault(a.Name) is { } old && old.Address == a.Address ? old : new Replica(a, this, options.Value, time),
            StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether another replica is ready, so that this one can be left alone. The last one is never ejected: a slow answer is better than none.</summary>
    public bool MaySpare(Replica replica) => _byName.Values.Any(r => r != replica && r.State == ReplicaState.Ready);

    /// <summary>Updates states, models and outliers after a round of probes.</summary>
    public void Review()
    {
        foreach (var replica in _byName.Values) replica.Tick();
        var available = _byName.Values.Where(r => r.IsAvailable).ToArray();
        _modelsDiffer = available is [var first, .. var others]
            && (others.Any(r => !r.Models.IsLike(first.Models)) || _byName.Values.Any(r => !r.Models.All.IsSubsetOf(first.Models.All)));
        LatencyOutliers.Eject(available, options.Value);
        Reviewed?.Invoke();
    }

    internal void Changed(Replica replica, ReplicaState before, ReplicaState after)
    {
        metrics.ReplicaChanged(after);
        if (after == ReplicaState.Ejected) metrics.ReplicaEjected(replica.LastFailure?.Kind ?? FailureKind.Broken);
        if (after is ReplicaState.Ready or ReplicaState.Trial or ReplicaState.Draining) LogChanged(replica.Name, before, after);
        else LogLost(replica.Name, before, after, replica.LastFailure?.Kind);
        StateChanged?.Invoke();
    }

    [LoggerMessage(EventId = 2000, Level = LogLevel.Information, Message = "{Replica} was {Before} and is {After}")]
    private partial void LogChanged(string replica, ReplicaState before, ReplicaState after);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "{Replica} was {Before} and is {After}; its last failure: {Kind}")]
    private partial void LogLost(string replica, ReplicaState before, ReplicaState after, string? kind);
}
