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

    /// <summary>Checks whether a version would fit now, before anything else is done for it.</summary>
    /// <exception cref="ModelMemoryException">It would not.</exception>
    public void Check(ModelFolder folder) => Reserve(folder).Dispose();

    /// <summary>Reserves what a version's graph will need.</summary>
    /// <returns>Gives it back when disposed.</returns>
    /// <exception cref="ModelMemoryException">The version does not fit.</exception>
    public IDisposable Reserve(ModelFolder folder) => Reserve((long)(GraphBytes(folder) * BytesPerGraphByte), "The model");

    /// <summary>Reserves memory for a part of a model.</summary>
    /// <param name="what">For the message.</param>
    public IDisposable Reserve(long bytes, string what)
    {
        lock (_gate)
        {
            var used = _workingSet();
            if (_promised == 0) _withoutModels = Math.Min(_withoutModels, used);
            var limit = limitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            var available = Math.Max(0, limit - Math.Max(used, _withoutModels + _promised));
            if (bytes > available)
                throw new ModelMemoryException(FormattableString.Invariant($"{what} needs about {bytes / MiB:F0} MiB; {available / MiB:F0} MiB are left."));
            _promised += bytes;
        }

        return new Promise(this, bytes);
    }

    private static long GraphBytes(ModelFolder folder)
    {
        try
        {
            return GraphFiles.Bytes(folder.FindGraph(ServingConfig.Read(folder).Variant));
        }
        catch (ModelLoadException)
        {
            // Loading will say what is wrong with it.
            return 0;
        }
    }

    private void GiveBack(long bytes)
    {
        lock (_gate) _promised -= bytes;
    }

    private sealed class Promise(LoadMemory ledger, long bytes) : IDisposable
    {
        private int _givenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _givenBack, 1) == 0) ledger.GiveBack(bytes);
        }
    }
}
