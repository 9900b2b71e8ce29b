namespace ModelServer.Telemetry;

/// <summary>The totals of this process that <c>/health</c> tells the gateway. Each is one addition for a batch or a request.</summary>
internal sealed class ReplicaTotals
{
    private long _requests;
    private long _batches;
    private long _batchSequences;
    private long _tokensIn;
    private long _tokensOut;
    private long _cacheHits;
    private long _cacheMisses;
    private long _queueTicks;

    public void RequestEnded() => Interlocked.Increment(ref _requests);

    /// <param name="tokens">Those that the engine read.</param>
    public void EngineRead(int tokens, TimeSpan queued)
    {
        Interlocked.Add(ref _tokensIn, tokens);
        Interlocked.Add(ref _queueTicks, queued.Ticks);
    }

    public void BatchRan(int sequences)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _batchSequences, sequences);
    }

    public void TokensGenerated(int tokens) => Interlocked.Add(ref _tokensOut, tokens);

    public void CacheHit(int inputs) => Interlocked.Add(ref _cacheHits, inputs);

    public void CacheMissed(int inputs) => Interlocked.Add(ref _cacheMisses, inputs);

    /// <summary>Each total is exact; one may be ahead of another by what is being added.</summary>
    public ReplicaCounters Read() => new(
        Volatile.Read(ref _requests), Volatile.Read(ref _batches), Volatile.Read(ref _batchSequences), Volatile.Read(ref _tokensIn), Volatile.Read(ref _tokensOut),
        Volatile.Read(ref _cacheHits), Volatile.Read(ref _cacheMisses), TimeSpan.FromTicks(Volatile.Read(ref _queueTicks)).TotalSeconds);
}
