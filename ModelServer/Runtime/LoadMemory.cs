using ModelServer.ModelFiles;

namespace ModelServer.Runtime;

/// <summary>
/// A ledger of the memory that models were promised, in bytes. A load reserves what it will need before it begins and gives that back when it fails or
/// its model has been freed; what would not fit is refused before any of it is read.
/// A graph is promised 2.5 times its files (weights, the engine's reordered copies, activations), a cache of keys and values its size. The rule: what is
/// left is the limit less the greater of what the process uses now and what it used without models plus all promises. The first alone does not see
/// what was promised and not touched yet, as the system gives pages when they are first written; the second alone does not see what else has grown.
/// </summary>
/// <param name="limitBytes">What the process may use; what the machine or its cgroup allows if null.</param>
/// <param name="workingSet">What the process uses now; the system's number if null.</param>
internal sealed class LoadMemory(long? limitBytes, Func<long>? workingSet = null)
{
    private const double BytesPerGraphByte = 2.5;
    private const double MiB = 1 << 20;
    private readonly Lock _gate = new();
    private readonly Func<long> _workingSet = workingSet ?? (() => Environment.WorkingSet);
    private long _promised;
    private long _withoutModels = long.MaxValue;

    /// <summary>Bytes promised and not given back.</summary>
    public long Promised
    {
        get { lock (_gate) return _promised; }
    }

    /// <summary>What a version's graph will need; a generator's cache comes on top.</summary>
    public static long Estimate(ModelFolder folder) => (long)(GraphBytes(folder) * BytesPerGraphByte);

    /// <summary>Whether so much could be reserved now.</summary>
    public bool Fits(long bytes)
    {
        lock (_gate) return bytes <= AvailableLocked();
    }

    /// <summary>Reserves what a version's graph will need.</summary>
    /// <returns>Gives it back when disposed.</returns>
    /// <exception cref="ModelMemoryException">The version does not fit.</exception>
    public MemoryPromise Reserve(ModelFolder folder) => Reserve(Estimate(folder), "The model");

    /// <summary>Reserves memory for a part of a model.</summary>
    /// <param name="what">For the message.</param>
    public MemoryPromise Reserve(long bytes, string what)
    {
        lock (_gate)
        {
            var available = AvailableLocked();
            if (bytes > available)
                throw new ModelMemoryException(FormattableString.Invariant($"{what} needs about {bytes / MiB:F0} MiB; {available / MiB:F0} MiB are left."));
            _promised += bytes;
        }

        return new MemoryPromise(this, bytes);
    }

    private long AvailableLocked()
    {
        var used = _workingSet();
        if (_promised == 0) _withoutModels = Math.Min(_withoutModels, used);
        var limit = limitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Max(0, limit - Math.Max(used, _withoutModels + _promised));
    }

    private static long GraphBytes(ModelFolder folder)
    {
        try
        {
            return GraphFiles.Bytes(GraphChoice.Of(folder, ServingConfig.Read(folder)).Path);
        }
        catch (ModelLoadException)
        {
            // Loading will say what is wrong with it.
            return 0;
        }
    }

    internal void GiveBack(long bytes)
    {
        lock (_gate) _promised -= bytes;
    }
}

/// <summary>Memory that a model was promised; given back when disposed, once.</summary>
internal sealed class MemoryPromise(LoadMemory ledger, long bytes) : IDisposable
{
    private int _givenBack;

    public long Bytes => bytes;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _givenBack, 1) == 0) ledger.GiveBack(bytes);
    }
}
