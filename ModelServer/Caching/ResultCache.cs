using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Caching;

/// <summary>Remembers what the engine made of an input: in this process, behind that in Redis. Equal inputs that are asked for at the same
/// time run the engine once.</summary>
internal sealed class ResultCache(MemoryRows memory, CacheMetrics metrics, IOptions<CacheOptions> options, RedisRows? redis = null)
{
    /// <summary>By priority too, so that nobody urgent waits for what was queued behind.</summary>
    private readonly ConcurrentDictionary<(CacheKey, RequestPriority), Flight> _flights = new();
    private readonly CacheOptions _options = options.Value;

    public CacheKey[] Keys(Caller caller, ModelVersion version, LoadedModel loaded, EncoderSequence[] sequences)
    {
        var space = KeySpace.Of(_options.Scope, caller, version, loaded);
        return Array.ConvertAll(sequences, sequence => space.Key(sequence.Ids, sequence.TypeIds));
    }

    /// <summary>A row for each key, in order, the caller's to overwrite.</summary>
    /// <param name="keys">May repeat.</param>
    /// <param name="compute">Starts computing the keys at these indices. Called for what is not known, more than once when others who were
    /// computing the same give up.</param>
    public async Task<CachedRows> GetOrComputeAsync(
        CacheKey[] keys, Caller caller, Func<IReadOnlyList<int>, Task<float[]>[]> compute, CancellationToken cancellationToken)
    {
        if (!_options.Enabled || !caller.ReadCache) return await BypassAsync(keys, caller, compute, cancellationToken);

        var rows = new float[keys.Length][];
        var missing = Recall(keys, rows);
        List<int> pending = [.. missing.Values];
        metrics.MemoryHits(rows.Count(row => row is not null));
        var outcome = CacheOutcome.Hit;
        while (pending.Count > 0)
        {
            var led = new List<Leg>();
            var followed = new List<Leg>();
            foreach (var index in pending) Board(new(index, keys[index], caller.Priority), led, followed);
            // What this request leads never waits for what it follows: two requests may each follow the other.
            if (await LeadAsync(led, caller, rows, compute, cancellationToken)) outcome = CacheOutcome.Miss;
            if (followed.Count > 0 && outcome == CacheOutcome.Hit) outcome = CacheOutcome.Coalesced;
            pending = await FollowAsync(followed, rows, cancellationToken);
            metrics.Coalesced(followed.Count - pending.Count);
        }

        for (var i = 0; i < rows.Length; i++) rows[i] ??= [.. rows[missing[keys[i]]]];
        return new(rows, outcome);
    }

    private async Task<CachedRows> BypassAsync(CacheKey[] keys, Caller caller, Func<IReadOnlyList<int>, Task<float[]>[]> compute, CancellationToken cancellationToken)
    {
        var rows = await Task.WhenAll(compute([.. Enumerable.Range(0, keys.Length)])).WaitAsync(cancellationToken);
        for (var i = 0; i < keys.Length; i++) Keep(keys[i], rows[i], caller);
        metrics.Computed(CacheOutcome.Bypass, keys.Length);
        return new(rows, CacheOutcome.Bypass);
    }

    /// <summary>Takes what memory has; returns each key that it has not, with its first index.</summary>
    private Dictionary<CacheKey, int> Recall(CacheKey[] keys, float[]?[] rows)
    {
        var missing = new Dictionary<CacheKey, int>();
        for (var i = 0; i < keys.Length; i++)
            if ((rows[i] = memory.Find(keys[i])) is null) missing.TryAdd(keys[i], i);
        return missing;
    }

    private void Board(Leg leg, List<Leg> led, List<Leg> followed)
    {
        var flight = _flights.GetOrAdd((leg.Key, leg.Priority), leg.Flight);
        if (ReferenceEquals(flight, leg.Flight)) led.Add(leg);
        else followed.Add(leg with { Flight = flight });
    }

    /// <returns>Whether anything had to be computed.</returns>
    private async Task<bool> LeadAsync(
        List<Leg> led, Caller caller, float[][] rows, Func<IReadOnlyList<int>, Task<float[]>[]> compute, CancellationToken cancellationToken)
    {
        if (led.Count == 0) return false;
        var (left, handed) = (led, false);
        try
        {
            // Another leader may have landed between our look into memory and our turn.
            metrics.MemoryHits(Arrive(ref left, rows, left.ConvertAll(leg => memory.Find(leg.Key))));
            if (left.Count > 0 && redis is not null)
            {
                var found = await redis.ReadAsync(left.ConvertAll(leg => leg.Key), cancellationToken);
                for (var i = 0; i < found.Length; i++)
                    if (found[i] is { } row) memory.Keep(left[i].Key, row);
                metrics.RedisHits(Arrive(ref left, rows, found));
            }

            if (left.Count == 0) return false;
            var runs = compute(left.ConvertAll(leg => leg.Index));
            handed = true;
            // From here on flights land with their runs, whether or not this caller waits for them.
            var computed = await Task.WhenAll(left.Zip(runs, (leg, run) => LandAsync(leg, run, caller))).WaitAsync(cancellationToken);
            for (var i = 0; i < computed.Length; i++) rows[left[i].Index] = computed[i];
            metrics.Computed(CacheOutcome.Miss, computed.Length);
            return true;
        }
        catch (Exception e) when (!handed)
        {
            foreach (var leg in left) Leave(leg, flight => flight.Fail(e));
            throw;
        }
    }

    /// <summary>Lands the flights whose row is known and keeps the others in <paramref name="left"/>.</summary>
    private int Arrive(ref List<Leg> left, float[][] rows, IReadOnlyList<float[]?> found)
    {
        var missing = new List<Leg>();
        for (var i = 0; i < found.Count; i++)
        {
            var leg = left[i];
            if (found[i] is not { } row) missing.Add(leg);
            else
            {
                Leave(leg, flight => flight.Land(row));
                rows[leg.Index] = row;
            }
        }

        var arrived = left.Count - missing.Count;
        left = missing;
        return arrived;
    }

    private async Task<float[]> LandAsync(Leg leg, Task<float[]> run, Caller caller)
    {
        try
        {
            var row = await run;
            Keep(leg.Key, row, caller);
            Leave(leg, flight => flight.Land(row));
            return row;
        }
        catch (Exception e)
        {
            Leave(leg, flight => flight.Fail(e));
            throw;
        }
    }

    private void Leave(Leg leg, Action<Flight> end)
    {
        end(leg.Flight);
        _flights.TryRemove(new((leg.Key, leg.Priority), leg.Flight));
    }

    /// <returns>Indices whose leaders gave up.</returns>
    private static async Task<List<int>> FollowAsync(List<Leg> followed, float[][] rows, CancellationToken cancellationToken)
    {
        var abandoned = new List<int>();
        foreach (var leg in followed)
        {
            if (await leg.Flight.Landing.WaitAsync(cancellationToken) is { } row) rows[leg.Index] = [.. row];
            else abandoned.Add(leg.Index);
        }

        return abandoned;
    }

    private void Keep(CacheKey key, float[] row, Caller caller)
    {
        if (!_options.Enabled || !caller.WriteCache) return;
        memory.Keep(key, row);
        redis?.Write(key, row);
    }

    /// <summary>One key of a request, on a flight of its own until it turns out that another leads.</summary>
    private sealed record Leg(int Index, CacheKey Key, RequestPriority Priority)
    {
        public Flight Flight { get; init; } = new();
    }
}

/// <param name="Outcome">Where the rows came from; the worst of them counts.</param>
internal sealed record CachedRows(float[][] Rows, CacheOutcome Outcome);
