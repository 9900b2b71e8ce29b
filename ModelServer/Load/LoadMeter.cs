using ModelServer.Models;

namespace ModelServer.Load;

/// <summary>Counts what this replica has to do, whenever somebody asks.</summary>
internal sealed class LoadMeter(ModelCatalog catalog, Drain drain)
{
    private int _inFlight;

    public bool IsDraining => drain.IsDraining;

    /// <summary>Requests that are being answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public void Enter() => Interlocked.Increment(ref _inFlight);

    public void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <param name="withModels">Whether the ready versions are named.</param>
    public ReplicaLoad Report(bool withModels)
    {
        var (tokens, kvUse, _) = Count();
        return new(
            IsDraining ? ReplicaLoad.Draining : ReplicaLoad.Ready,
            tokens,
            Volatile.Read(ref _inFlight),
            kvUse,
            withModels ? [.. catalog.Versions.Where(v => v.State == ModelState.Ready).Select(v => v.Reference)] : null);
    }

    /// <summary>How many models are ready is in the header, which ones only in <c>/health</c>.</summary>
    public string ToHeader()
    {
        var (tokens, kvUse, ready) = Count();
        return LoadReport.Format(tokens, Volatile.Read(ref _inFlight), kvUse, ready, IsDraining);
    }

    /// <summary>Looks at every version once, as this is done for every answer.</summary>
    /// <returns>Tokens of all models; the cache use of the generator that is fullest; models that are ready.</returns>
    private (long Tokens, double KvUse, int Ready) Count()
    {
        var (tokens, kvUse, ready) = (0L, 0d, 0);
        foreach (var version in catalog.Versions)
        {
            if (version.State == ModelState.Ready) ready++;
            if (version.Loaded is not { } loaded) continue;
            tokens += loaded.PendingTokens;
            kvUse = Math.Max(kvUse, loaded.CacheUse);
        }

        return (tokens, kvUse, ready);
    }
}
