using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Caching;

/// <summary>Remembers what the engine made of an input: in this process, behind that in Redis. Equal inputs that are asked for at the same time run the
/// engine once (single-flight).</summary>
internal sealed class ResultCache(MemoryRows memory, CacheMetrics metrics, IOptions<CacheOptions> options, RedisRows? redis = null)
{
    /// <summary>By priority too, so that nobody urgent follows a leader that waits behind.</summary>
    private readonly ConcurrentDictionary<(CacheKey, RequestPriority), SingleFlight> _flights = new();
    private readonly CacheOptions _options = options.Value;

    /// <summary>Whether a request may run an engine that is idle before it knows what Redis has.</summary>
    public bool MayRace => redis is { HitsAreRare: true };

    /// <summary>The keys of one model for one client.</summary>
    /// <inheritdoc cref="KeySpace.Of"/>
    public KeySpace Keys(string client, ReadOnlySpan<byte> model) => KeySpace.Of(_options.Scope, client, model);

    /// <summary>A row for each key, in order.</summary>
    /// <param name="keys">May repeat.</param>
    /// <param name="compute">Starts computing the keys at these indices; nobody writes into the rows afterwards. Called for what is not known, more than
    /// once when leaders whom this request follows give up.</param>
    public Task<CachedRows> GetOrComputeAsync(
        CacheKey[] keys, CachePolicy policy, RequestPriority priority, Func<IReadOnlyList<int>, Task<float[]>[]> compute, CancellationToken cancellationToken)
        => GetOrComputeAsync(keys, policy, priority, compute, idle: null, cancellationToken);

    /// <param name="idle">Says whether the engine would have nothing else to do; null where it is not to run before Redis has been asked.</param>
    /// <inheritdoc cref="GetOrComputeAsync(CacheKey[], CachePolicy, RequestPriority, Func{IReadOnlyList{int}, Task{float[]}[]}, CancellationToken)"/>
    public async Task<CachedRows> GetOrComputeAsync(
        CacheKey[] keys, CachePolicy policy, RequestPriority priority, Func<IReadOnlyList<int>, Task<float[]>[]> compute, IdleEngine? idle, CancellationToken cancellationToken)
    {
        if (!_options.Enabled || !policy.Read) return await ComputeAllAsync(keys, policy, compute, cancellationToken);

        var rows = new ReadOnlyMemory<float>?[keys.Length];
        var missing = FindInMemory(keys, rows);
        List<int> pending = [.. missing.Values];
        metrics.MemoryHits(rows.Count(row => row is not null));
        var outcome = CacheOutcome.Hit;
        while (pending.Count > 0)
        {
            var led = new List<Claim>();
            var followed = new List<Claim>();
            foreach (var index in pending) Join(new(index, keys[index], priority), led, followed);
            // What this request leads never waits for what it follows: two requests may each follow the other.
            if (await LeadAsync(led, policy, rows, compute, keys.Length == 1 ? idle : null, cancellationToken)) outcome = CacheOutcome.Miss;
            if (followed.Count > 0 && outcome == CacheOutcome.Hit) outcome = CacheOutcome.Coalesced;
            pending = await FollowAsync(followed, rows, cancellationToken);
            metrics.Coalesced(followed.Count - pending.Count);
        }

        return new([.. keys.Select((key, i) => rows[i] ?? rows[missing[key]]!.Value)], outcome);
    }

    private async Task<CachedRows> ComputeAllAsync(
        CacheKey[] keys, CachePolicy policy, Func<IReadOnlyList<int>, Task<float[]>[]> compute, CancellationToken cancellationToken)
    {
        var computed = await Task.WhenAll(compute([.. Enumerable.Range(0, keys.Length)])).WaitAsync(cancellationToken);
        for (var i = 0; i < keys.Length; i++) Store(keys[i], computed[i], policy);
        metrics.Computed(CacheOutcome.Bypass, keys.Length);
        return new(Array.ConvertAll(computed, row => (ReadOnlyMemory<float>)row), CacheOutcome.Bypass);
    }

    /// <summary>Takes what memory has; returns each key that it has not, with its first index.</summary>
    private Dictionary<CacheKey, int> FindInMemory(CacheKey[] keys, ReadOnlyMemory<float>?[] rows)
    {
        var missing = new Dictionary<CacheKey, int>();
        for (var i = 0; i < keys.Length; i++)
            if ((rows[i] = memory.Find(keys[i])) is null) missing.TryAdd(keys[i], i);
        return missing;
    }

    private void Join(Claim claim, List<Claim> led, List<Claim> followed)
    {
        var flight = _flights.GetOrAdd((claim.Key, claim.Priority), claim.Flight);
        if (ReferenceEquals(flight, claim.Flight)) led.Add(claim);
        else followed.Add(claim with { Flight = flight });
    }

    /// <returns>Whether anything had to be computed.</returns>
    private async Task<bool> LeadAsync(
        List<Claim> led, CachePolicy policy, ReadOnlyMemory<float>?[] rows, Func<IReadOnlyList<int>, Task<float[]>[]> compute, IdleEngine? idle, CancellationToken cancellationToken)
    {
        if (led.Count == 0) return false;
        var (left, started) = (led, false);
        try
        {
            // Another leader may have stored its row between our look into memory and our turn.
            metrics.MemoryHits(CompleteKnown(ref left, rows, left.ConvertAll(claim => memory.Find(claim.Key))));
            if (left.Count > 0 && redis is { HitsAreRare: true } && idle?.IsIdle() == true)
            {
                var run = CompleteAsync(left[0], compute([left[0].Index])[0], policy);
                started = true;
                return await RaceAsync(left[0], run, redis.ReadAsync([left[0].Key], cancellationToken), rows, idle, cancellationToken);
            }

            if (left.Count > 0 && redis is not null)
            {
                var found = Array.ConvertAll(await redis.ReadAsync(left.ConvertAll(claim => claim.Key), cancellationToken), row => row is null ? (ReadOnlyMemory<float>?)null : row);
                for (var i = 0; i < found.Length; i++)
                    if (found[i] is { } row) memory.Keep(left[i].Key, row);
                metrics.RedisHits(CompleteKnown(ref left, rows, found));
            }

            if (left.Count == 0) return false;
            var runs = compute(left.ConvertAll(claim => claim.Index));
            started = true;
            // From here on flights end with their runs, whether or not this caller waits for them.
            var computed = await Task.WhenAll(left.Zip(runs, (claim, run) => CompleteAsync(claim, run, policy))).WaitAsync(cancellationToken);
            for (var i = 0; i < computed.Length; i++) rows[left[i].Index] = computed[i];
            metrics.Computed(CacheOutcome.Miss, computed.Length);
            return true;
        }
        catch (Exception e) when (!started)
        {
            foreach (var claim in left) End(claim, flight => flight.Fail(e));
            throw;
        }
    }

    /// <summary>Takes the row from whoever has it first: the engine, which runs already since it had nothing else to do, or Redis, which hardly ever has one. What a request
    /// waits for Redis would else be added to every answer.</summary>
    /// <returns>Whether the engine computed it.</returns>
    private async Task<bool> RaceAsync(
        Claim claim, Task<ReadOnlyMemory<float>> run, Task<float[]?[]> read, ReadOnlyMemory<float>?[] rows, IdleEngine idle, CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(run, read) == read && (await read)[0] is { } known)
        {
            memory.Keep(claim.Key, known);
            End(claim, flight => flight.Complete(known));
            idle.Abandon();
            rows[claim.Index] = known;
            metrics.RedisHits(1);
            return false;
        }

        rows[claim.Index] = await run.WaitAsync(cancellationToken);
        metrics.Computed(CacheOutcome.Miss, 1);
        return true;
    }

    /// <summary>Ends the flights whose row is known and keeps the others in <paramref name="left"/>.</summary>
    private int CompleteKnown(ref List<Claim> left, ReadOnlyMemory<float>?[] rows, IReadOnlyList<ReadOnlyMemory<float>?> found)
    {
        var missing = new List<Claim>();
        for (var i = 0; i < found.Count; i++)
        {
            var claim = left[i];
            if (found[i] is not { } row) missing.Add(claim);
            else
            {
                End(claim, flight => flight.Complete(row));
                rows[claim.Index] = row;
            }
        }

        var known = left.Count - missing.Count;
        left = missing;
        return known;
    }

    private async Task<ReadOnlyMemory<float>> CompleteAsync(Claim claim, Task<float[]> run, CachePolicy policy)
    {
        try
        {
            var row = await run;
            // Stored before the flight ends: who comes in between finds one or the other.
            Store(claim.Key, row, policy);
            End(claim, flight => flight.Complete(row));
            return row;
        }
        catch (Exception e)
        {
            End(claim, flight => flight.Fail(e));
            throw;
        }
    }

    private void End(Claim claim, Action<SingleFlight> end)
    {
        end(claim.Flight);
        _flights.TryRemove(new((claim.Key, claim.Priority), claim.Flight));
    }

    /// <returns>Indices whose leaders gave up.</returns>
    private static async Task<List<int>> FollowAsync(List<Claim> followed, ReadOnlyMemory<float>?[] rows, CancellationToken cancellationToken)
    {
        var abandoned = new List<int>();
        foreach (var claim in followed)
        {
            rows[claim.Index] = await claim.Flight.Row.WaitAsync(cancellationToken);
            if (rows[claim.Index] is null) abandoned.Add(claim.Index);
        }

        return abandoned;
    }

    private void Store(CacheKey key, ReadOnlyMemory<float> row, CachePolicy policy)
    {
        if (!_options.Enabled || !policy.Write) return;
        memory.Keep(key, row);
        redis?.Write(key, row);
    }

    /// <summary>One key of a request, with a flight of its own until it turns out that another request leads.</summary>
    private sealed record Claim(int Index, CacheKey Key, RequestPriority Priority)
    {
        public SingleFlight Flight { get; init; } = new();
    }
}

/// <summary>An engine that may run a row before it is known whether somebody else has it.</summary>
/// <param name="IsIdle">Whether it has nothing else to do now.</param>
/// <param name="Abandon">Gives up what was started: nobody needs it any more.</param>
internal sealed record IdleEngine(Func<bool> IsIdle, Action Abandon);

/// <param name="Rows">Not to be written into: others hold them too.</param>
/// <param name="Outcome">Where the rows came from; the worst of them counts.</param>
internal sealed record CachedRows(ReadOnlyMemory<float>[] Rows, CacheOutcome Outcome);

/// <summary>A row that is being computed: the first request to ask for it is the leader, the others are followers and wait for what the leader gets.</summary>
internal sealed class SingleFlight
{
    private readonly TaskCompletionSource<ReadOnlyMemory<float>?> _row = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The row; null when the leader gave up and one of the followers has to lead.</summary>
    public Task<ReadOnlyMemory<float>?> Row => _row.Task;

    public void Complete(ReadOnlyMemory<float> row) => _row.TrySetResult(row);

    /// <summary>An engine that failed on this input fails all followers. Any other reason was the leader's own: it left, its time was up, it found no room.</summary>
    public void Fail(Exception reason)
    {
        if (reason is not InferenceFailedException) _row.TrySetResult(null);
        else if (_row.TrySetException(reason)) _ = _row.Task.Exception;
    }
}
