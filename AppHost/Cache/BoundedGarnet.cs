using Garnet;
using Tsavorite.core;

namespace AppHost.Cache;

/// <summary>
/// Garnet whose files do not grow for ever. Its own compaction keeps whatever has not been deleted, expired or not; this one forgets the oldest
/// values that are there for a while only, and takes everything else along: an API key lives as long as nobody deletes it.
/// </summary>
internal sealed class BoundedGarnet(string folder, params string[] connection) : GarnetServer(
[
    .. connection,
    // Without transactions Garnet interleaves the scripts of several connections, and limits would be exceeded.
    "-q", "--logger-level", "Error", "--lua", "true", "--lua-transaction-mode", "true",
    // What does not fit into memory lies on disk rather than being lost.
    "--memory", "64m", "--page", "1m", "--index", "8m",
    "--storage-tier", "true", "--logdir", Path.Combine(folder, "log"), "--segment", "32m", "--object-log-segment", "32m",
    // Every change is on its way to disk at once.
    "--aof", "true", "--aof-commit-freq", "0", "--aof-memory", "16m", "--aof-page-size", "4m", "--aof-segment-size", "16m",
    "--recover", "true", "--checkpointdir", Path.Combine(folder, "checkpoints"),
    // Its other devices want libraries of the system.
    "--device-type", "RandomAccess",
])
{
    /// <summary>Changes, in bytes, after which a checkpoint takes their place.</summary>
    private const long ChangesBetweenCheckpoints = 64 << 20;

    /// <summary>Values, in bytes, that are kept whatever they are.</summary>
    private const long Kept = 128 << 20;

    /// <summary>Values, in bytes, beyond those that are kept, after which they are compacted although few changes came: those written during the last time.</summary>
    private const long Excess = 32 << 20;

    /// <summary>What the last compaction left, which grows with the values that last: those alone are no reason to compact again.</summary>
    private long _left = Kept;

    private long Length => storeWrapper.store.Log.SafeReadOnlyAddress - storeWrapper.store.Log.BeginAddress;

    /// <summary>Shortens what is on disk when it has become long; one caller at a time. The checkpoint deletes what the compaction left behind.</summary>
    public void Tidy()
    {
        if (storeWrapper.AofSize() < ChangesBetweenCheckpoints && Length < _left + Excess) return;
        if (Length is var length && length > Kept)
        {
            var log = storeWrapper.store.Log;
            log.Compact<PinnedSpanByte, Empty, Empty, LastingValues>(new(), log.BeginAddress + length - Kept, CompactionType.Lookup);
            _left = Math.Max(Kept, Length);
        }

        storeWrapper.TakeCheckpointAsync(background: false).GetAwaiter().GetResult();
    }

    /// <summary>Strings with an expiry are results that a model can make again; what clients are counted and known by are hashes and sorted sets.</summary>
    private readonly struct LastingValues : ICompactionFunctions
    {
        public bool IsDeleted<TSourceLogRecord>(in TSourceLogRecord record) where TSourceLogRecord : ISourceLogRecord
            => record.DataHeader.HasExpiration && (!record.DataHeader.ValueIsObject || record.Expiration < DateTimeOffset.UtcNow.Ticks);
    }
}
