using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelServer.Answers;
using ModelServer.Telemetry;

namespace ModelServer.Caching;

/// <summary>What the cache counts; all label values are fixed.</summary>
internal sealed class CacheMetrics
{
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _redis;
    private readonly ReplicaTotals _totals;
    private readonly Counter<long> _errors;

    public CacheMetrics(IMeterFactory meters, MemoryRows memory, ReplicaTotals totals)
    {
        _totals = totals;
        var meter = meters.Create("ModelServer");
        _requests = meter.CreateCounter<long>("cache.requests", "{input}", "Inputs by the layer that answered (memory, redis, flight, engine) and outcome.");
        _redis = meter.CreateHistogram("cache.redis.duration", "s", "Reads from Redis by outcome (ok, timeout, error).", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1],
        });
        _errors = meter.CreateCounter<long>("cache.errors", "{read}", "Reads that Redis did not answer, by why (timeout, error, skipped while it is left alone).");
        meter.CreateObservableGauge("cache.entries", () => memory.Count, "{entry}", "Rows in this process.");
        meter.CreateObservableGauge("cache.size", () => memory.Bytes, "By", "Memory of this process for rows.");
    }

    public void MemoryHits(int inputs) => Count("memory", CacheOutcome.Hit, inputs);

    public void RedisHits(int inputs) => Count("redis", CacheOutcome.Hit, inputs);

    public void Coalesced(int inputs) => Count("flight", CacheOutcome.Coalesced, inputs);

    public void Computed(CacheOutcome why, int inputs) => Count("engine", why, inputs);

    public void RedisRead(RedisOutcome outcome, TimeSpan duration)
    {
        var label = outcome switch { RedisOutcome.Answered => "ok", RedisOutcome.TimedOut => "timeout", RedisOutcome.NotAsked => "skipped", _ => "error" };
        if (outcome != RedisOutcome.Answered) _errors.Add(1, new KeyValuePair<string, object?>("kind", label));
        if (outcome == RedisOutcome.NotAsked) return;
        _redis.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", label));
    }

    private void Count(string layer, CacheOutcome outcome, int inputs)
    {
        if (inputs <= 0) return;
        _requests.Add(inputs, new TagList { { "layer", layer }, { "outcome", outcome.Name() } });
        if (outcome == CacheOutcome.Miss) _totals.CacheMissed(inputs);
        else if (outcome != CacheOutcome.Bypass) _totals.CacheHit(inputs);
    }
}
