namespace ModelServer.Runtime;

/// <summary>.NET's own heap.</summary>
internal static class ManagedHeap
{
    private static int _collected;

    /// <summary>Gives back, once in the life of the process, what its start and reading the first model left behind: the collector would keep some 10 MB of it for as
    /// long as there is memory. It takes some 30 ms, in which nothing else runs.</summary>
    public static void CollectAfterStart()
    {
        if (Interlocked.Exchange(ref _collected, 1) == 0) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
