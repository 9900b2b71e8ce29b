using ModelServer.Models;

namespace ModelServer.Load;

/// <summary>What this replica has to do, counted when somebody asks.</summary>
internal sealed class LoadMeter(ModelCatalog catalog, Drain drain)
{
    private int _inFlight;

    public bool IsDraining => drain.IsDraining;

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <param name="withModels">Whether the ready versions are named.</param>
    public ReplicaLoad Report(bool withModels) => new(
        IsDraining ? ReplicaLoad.Draining : ReplicaLoad.Ready,
        QueuedTokens(),
        Volatile.Read(ref _inFlight),
        KvUse(),
        withModels ? [.. catalog.Versions.Where(v => v.State == ModelState.Ready).Select(v => v.Reference)] : null);

    /// <summary>How many models are ready is in the header, which ones only in <c>/health</c>.</summary>
    public string ToHeader() => LoadReport.Format(QueuedTokens(), Volatile.Read(ref _inFlight), KvUse(), ModelsReady(), IsDraining);

    private long QueuedTokens()
    {
        var tokens = 0L;
        foreach (var version in catalog.Versions) tokens += version.Loaded is { } loaded ? loaded.Generator?.PendingTokens ?? loaded.Admission.PendingTokens : 0;
        return tokens;
    }

    /// <summary>Of the generator that is fullest.</summary>
    private double KvUse()
    {
        var use = 0d;
        foreach (var version in catalog.Versions) use = Math.Max(use, version.Loaded?.Generator?.CacheUse ?? 0);
        return use;
    }

    private int ModelsReady()
    {
        var ready = 0;
        foreach (var version in catalog.Versions) ready += version.State == ModelState.Ready ? 1 : 0;
        return ready;
    }
}
