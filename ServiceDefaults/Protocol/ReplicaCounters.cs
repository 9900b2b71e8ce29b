namespace ServiceDefaults.Protocol;

/// <summary>What a model server has done since it started; a reader makes rates of two of them. All models together.</summary>
/// <param name="Requests">Requests that reached a task, whatever came of them.</param>
/// <param name="Batches">Runs of the engine: batches of encoders, decoding steps of generators.</param>
/// <param name="BatchSequences">Sequences in those runs.</param>
/// <param name="TokensIn">Tokens read by the engine, padding and cached answers left out.</param>
/// <param name="TokensOut">Tokens generated.</param>
/// <param name="CacheHits">Inputs answered from the cache, or by another request's run.</param>
/// <param name="CacheMisses">Inputs that the engine had to run, those that bypass the cache left out.</param>
/// <param name="QueueSeconds">The time that requests waited for the engine, added up.</param>
public sealed record ReplicaCounters(
    long Requests, long Batches, long BatchSequences, long TokensIn, long TokensOut, long CacheHits, long CacheMisses, double QueueSeconds);
