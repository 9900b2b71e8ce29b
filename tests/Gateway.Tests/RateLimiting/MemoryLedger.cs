using Gateway.RateLimiting;

namespace Gateway.Tests.RateLimiting;

/// <summary>The ledger's arithmetic without Redis, on a clock of the test's; may be away, and counts what it gave out of each window.</summary>
internal sealed class MemoryLedger(TimeProvider clock) : IQuotaLedger
{
    private readonly Dictionary<string, (long Start, long Used)> _rows = [];

    public bool IsAway { get; set; }

    public int Draws { get; private set; }

    public void Lose() => _rows.Clear();

    public ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw)
    {
        Draws++;
        if (IsAway) return new((QuotaGrant?)null);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var window = (long)rule.Window.TotalMilliseconds;
        if (!_rows.TryGetValue(key, out var row))
            row = draw.SeenStart > 0 && now < draw.SeenStart + window ? (draw.SeenStart, draw.SeenUsed) : (now, 0);
        if (now >= row.Start + window) row = (now, 0);
        if (draw.SeenStart == row.Start) row.Used = Math.Max(0, row.Used - draw.Credit);
        if (draw.SeenStart == row.Start || draw.SeenStart == 0) row.Used += draw.Debt;
        var free = Math.Max(0, rule.Limit - row.Used);
        var granted = draw.Least > 0 && draw.Least <= free ? Math.Max(draw.Least, Math.Min(draw.Wanted, free / 8)) : 0;
        row.Used += granted;
        _rows[key] = row;
        return new(new QuotaGrant(granted, row.Used, row.Start, TimeSpan.FromMilliseconds(row.Start + window - now)));
    }
}
