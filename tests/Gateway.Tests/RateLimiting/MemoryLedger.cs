using Gateway.RateLimiting;
using Testing;

namespace Gateway.Tests.RateLimiting;

/// <summary>The ledger's arithmetic without Redis, on a clock of the test's; may be away, or lose its memory.</summary>
internal sealed class MemoryLedger(ManualTimeProvider clock) : IQuotaLedger
{
    private readonly Dictionary<string, SlidingWindow> _rows = [];

    public bool IsAway { get; set; }

    /// <summary>How long its answers take to arrive.</summary>
    public TimeSpan Latency { get; set; }

    public int Draws { get; private set; }

    public void Lose() => _rows.Clear();

    public ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw)
    {
        Draws++;
        if (IsAway) return new((QuotaGrant?)null);
        if (!_rows.TryGetValue(key, out var row)) row = _rows[key] = new(rule, rule.Limit);
        var grant = row.Draw(clock.GetUtcNow().ToUnixTimeMilliseconds(), draw);
        clock.Advance(Latency);
        return new(grant);
    }
}
