using System.Globalization;
using System.Runtime.InteropServices;
using Gateway.Usage;
using StackExchange.Redis;

namespace Gateway.Audit;

/// <summary>Counts requests and tokens of each day by client and model in Redis: one hash a day, raised every second by what came meanwhile.
/// What came goes out as a numbered batch, again and again until Redis confirms it: a batch counts once, however often it was sent.</summary>
internal sealed class UsageTotals(RedisConnection? redis, TimeProvider time, ILogger<UsageTotals> logger) : BackgroundService
{
    /// <summary>The most pairs of client and model in one batch; usage of further ones is not counted until the batch is sent.</summary>
    private const int Capacity = 10_000;

    private const string Script = """
        local last = redis.call('HGET', KEYS[1], ARGV[1])
        if last and tonumber(last) >= tonumber(ARGV[2]) then return end
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        redis.call('EXPIRE', KEYS[1], ARGV[3])
        for i = 4, #ARGV, 4 do
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':requests', ARGV[i + 1])
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':prompt', ARGV[i + 2])
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':completion', ARGV[i + 3])
        end
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Budget = TimeSpan.FromSeconds(2), Kept = TimeSpan.FromDays(100);
    private readonly BoundedRedis _redis = new(redis?.Connecting, "usage is counted here until it does", Budget, new(3, Budget, time), time, logger);
    private readonly string _batches = $"batch:{Guid.NewGuid():N}";
    private readonly Lock _gate = new();

    // Under the gate.
    private Dictionary<(DateOnly Day, string Subject, string Model), UsageTotal> _waiting = [];

    // Of the writer alone.
    private readonly Queue<Batch> _unconfirmed = new();
    private long _lastBatch;

    public void Add(string? subject, TokenUsage? usage)
    {
        if (redis is null || subject is null || usage is null or { Prompt: null, Completion: null }) return;
        var more = new UsageTotal(1, usage.Prompt ?? 0, usage.Completion ?? 0);
        var key = (DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), subject, usage.Model ?? "");
        lock (_gate)
        {
            if (_waiting.Count >= Capacity && !_waiting.ContainsKey(key)) return;
            ref var total = ref CollectionsMarshal.GetValueRefOrAddDefault(_waiting, key, out _);
            total = total.Plus(more);
        }
    }

    /// <returns>Null when Redis does not answer.</returns>
    public async Task<UsageRow[]?> ReadAsync(DateOnly day)
    {
        var entries = await _redis.TryAsync(database => database.HashGetAllAsync(Key(day)));
        if (!entries.Came) return null;
        var rows = new Dictionary<string, UsageRow>(StringComparer.Ordinal);
        foreach (var entry in entries.Value)
        {
            var field = ((string)entry.Name!).Split(':');
            if (field is not [var subject, var model, var what]) continue;
            var id = $"{subject}:{model}";
            var row = rows.GetValueOrDefault(id) ?? new(Uri.UnescapeDataString(subject), model.Length > 0 ? Uri.UnescapeDataString(model) : null, 0, 0, 0);
            rows[id] = what switch
            {
                "requests" => row with { Requests = (long)entry.Value },
                "prompt" => row with { PromptTokens = (long)entry.Value },
                _ => row with { CompletionTokens = (long)entry.Value },
            };
        }

        return [.. rows.Values.OrderBy(r => r.Subject, StringComparer.Ordinal).ThenBy(r => r.Model, StringComparer.Ordinal)];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync();
        }
        finally
        {
            // The server has stopped before: what came last goes out as well.
            await WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        if (_unconfirmed.Count == 0) Collect();
        while (_unconfirmed.TryPeek(out var batch))
        {
            var taken = await _redis.TryAsync(async database =>
            {
                await database.ScriptEvaluateAsync(Script, [Key(batch.Day)], batch.Values);
                return true;
            });
            if (!taken.Came) return;
            _unconfirmed.Dequeue();
        }
    }

    /// <summary>Turns the usage that waits into one batch for each day.</summary>
    private void Collect()
    {
        Dictionary<(DateOnly Day, string Subject, string Model), UsageTotal> totals;
        lock (_gate)
        {
            totals = _waiting;
            _waiting = [];
        }

        foreach (var day in totals.GroupBy(t => t.Key.Day))
        {
            List<RedisValue> values = [_batches, ++_lastBatch, (long)Kept.TotalSeconds];
            foreach (var (key, total) in day)
                values.AddRange([$"{Uri.EscapeDataString(key.Subject)}:{Uri.EscapeDataString(key.Model)}", total.Requests, total.PromptTokens, total.CompletionTokens]);
            _unconfirmed.Enqueue(new(day.Key, [.. values]));
        }
    }

    private static RedisKey Key(DateOnly day) => $"usage:{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    /// <param name="Values">The script's arguments.</param>
    private sealed record Batch(DateOnly Day, RedisValue[] Values);

    private readonly record struct UsageTotal(long Requests, long PromptTokens, long CompletionTokens)
    {
        public UsageTotal Plus(UsageTotal more) => new(Requests + more.Requests, PromptTokens + more.PromptTokens, CompletionTokens + more.CompletionTokens);
    }
}

/// <param name="Model">The model that answered; null where it did not say.</param>
internal sealed record UsageRow(string Subject, string? Model, long Requests, long PromptTokens, long CompletionTokens);
