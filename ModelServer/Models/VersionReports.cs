using System.Collections.Concurrent;
using System.Security.Claims;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Models;

/// <summary>Tells the gateway how each version is, which moves rollouts on. Gateways ask often: what takes a look at files is remembered for a while.</summary>
internal sealed class VersionReports(ModelCatalog catalog, VersionLoader loader, LoadMemory memory, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    /// <summary>A folder that is not there may be on its way.</summary>
    private static readonly TimeSpan RememberedAbsent = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, (long? Bytes, long At)> _estimates = new(StringComparer.Ordinal);

    /// <param name="user">Whose token must be for a version.</param>
    public ReplicaVersion[] Of(ClaimsPrincipal user) => [.. catalog.Versions.Where(v => v.IsVisibleTo(user)).Select(Of)];

    private ReplicaVersion Of(ModelVersion version)
    {
        var promised = version.Loaded?.PromisedBytes;
        var bytes = promised ?? Estimate(version);
        return new(
            version.Name,
            version.Version,
            ModelListing.Word(version.State),
            version.Reason,
            version.ServedTask,
            version.Order,
            bytes,
            promised is not null || (bytes is { } needed && memory.Fits(needed)),
            version.Leases,
            version.Counter.Read());
    }

    private long? Estimate(ModelVersion version)
    {
        if (_estimates.TryGetValue(version.Reference, out var known) && time.GetElapsedTime(known.At) < (known.Bytes is null ? RememberedAbsent : Remembered)) return known.Bytes;
        var bytes = Look(version);
        _estimates[version.Reference] = (bytes, time.GetTimestamp());
        return bytes;
    }

    private long? Look(ModelVersion version)
    {
        try
        {
            return LoadMemory.Estimate(loader.Find(version.Name, version.Version));
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelLoadException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
