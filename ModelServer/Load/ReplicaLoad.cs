using System.Globalization;
using ModelServer.Models;
using ServiceDefaults;

namespace ModelServer.Load;

/// <summary>What this replica has to do, counted when somebody asks.</summary>
internal sealed class ReplicaLoad(ModelCatalog catalog, Drain drain)
{
    private int _inFlight;

    public bool IsDraining => drain.IsDraining;

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <param name="withModels">Whether the ready versions are named.</param>
    public LoadReport Report(bool withModels) => new(
        IsDraining ? LoadReport.Draining : LoadReport.Ready,
        QueuedTokens(),
        Volatile.Read(ref _inFlight),
        KvUse(),
        withModels ? [.. catalog.Versions.Where(v => v.State == ModelState.Ready).Select(v => v.Reference)] : null);

    /// <summary>The value of ORCA's <c>endpoint-load-metrics</c> in its native text form (gRFC A51, Envoy's open request cost aggregation): pairs of name
    /// and number, ours under <c>named_metrics</c>. How many models are ready is here, which ones only in <c>/health</c>.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"TEXT named_metrics.queued_tokens={QueuedTokens()},named_metrics.in_flight={Volatile.Read(ref _inFlight)},named_metrics.kv_use={KvUse():0.###},named_metrics.models_ready={ModelsReady()},named_metrics.draining={(IsDraining ? 1 : 0)}");

    private long QueuedTokens()
    {
        var tokens = 0L;
        foreach (var version in catalog.Versions) tokens += version.Loaded?.PendingTokens ?? 0;
        return tokens;
    }

    /// <summary>Of the generator that is fullest.</summary>
    private double KvUse()
    {
        var use = 0d;
        foreach (var version in catalog.Versions) use = Math.Max(use, version.Loaded?.CacheUse ?? 0);
        return use;
    }

    private int ModelsReady()
    {
        var ready = 0;
        foreach (var version in catalog.Versions) ready += version.State == ModelState.Ready ? 1 : 0;
        return ready;
    }
}
