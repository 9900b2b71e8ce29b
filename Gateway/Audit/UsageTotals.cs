using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Usage;
using ServiceDefaults;
using StackExchange.Redis;

namespace Gateway.Audit;

/// <summary>Requests and tokens of each day by client and model, in Redis: one hash a day, raised every second by what came meanwhile.
/// What Redis does not take stays here for the next time, up to a bound.</summary>
internal sealed class UsageTotals(RedisConnection? redis, TimeProvider time, ILogger<UsageTotals> logger) : BackgroundService
{
    /// <summary>Clients and models kept back while Redis is away; others are not counted then.</summary>
    private const int Capacity = 10_000;

    private const string Script = """
        for i = 1, #ARGV - 1, 4 do
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':requests', ARGV[i + 1])
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':prompt', ARGV[i + 2])
          redis.call('HINCRBY', KEYS[1], ARGV[i] .. ':completion', ARGV[i + 3])
        end
        redis.call('EXPIRE', KEYS[1], ARGV[#ARGV])
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Budget = TimeSpan.FromSeconds(2), Kept = TimeSpan.FromDays(100);
    private readonly BoundedRedis _redis = new(redis, "usage is counted here until it does", Budget, new(3, Budget, time), time, logger);
    private readonly ConcurrentDictionary<(DateOnly Day, string Subject, string Model), UsageTotal> _waiting = new();

    public void Add(string? subject, TokenUsage? usage)
    {
        if (redis is null || subject is null || usage is null or { Prompt: null, Completion: null }) return;
        var more = new UsageTotal(1, usage.Prompt ?? 0, usage.Completion ?? 0);
        var key = (DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), subject, usage.Model ?? "");
        if (_waiting.Count < Capacity || _waiting.ContainsKey(key)) _waiting.AddOrUpdate(key, more, (_, known) => known.Plus(more));
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

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync();
    }

    private async Task WriteAsync()
    {
        if (_waiting.IsEmpty || !_redis.IsThere) return;
        foreach (var day in _waiting.Keys.Select(k => k.Day).Distinct())
        {
            List<RedisValue> values = [];
            foreach (var key in _waiting.Keys.Where(k => k.Day == day))
                if (_waiting.TryRemove(key, out var total))
                    values.AddRange([$"{Uri.EscapeDataString(key.Subject)}:{Uri.EscapeDataString(key.Model)}", total.Requests, total.PromptTokens, total.CompletionTokens]);
            values.Add((long)Kept.TotalSeconds);
            // Once at most: an increment whose answer was lost is not repeated.
            await _redis.TryAsync(database => database.ScriptEvaluateAsync(Script, [Key(day)], [.. values]));
        }
    }

    private static RedisKey Key(DateOnly day) => $"usage:{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private readonly record struct UsageTotal(long Requests, long PromptTokens, long CompletionTokens)
    {
        public UsageTotal Plus(UsageTotal more) => new(Requests + more.Requests, PromptTokens + more.PromptTokens, CompletionTokens + more.CompletionTokens);
    }
}

/// <param name="Model">The model that answered; null where it did not say.</param>
internal sealed record UsageRow(string Subject, string? Model, long Requests, long PromptTokens, long CompletionTokens);
