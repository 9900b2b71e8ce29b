namespace Gateway.RateLimiting;

/// <summary>A block of units that may be spent without asking the ledger, and what the ledger last said about the rest. Arithmetic only: every method is told the
/// time, and <see cref="LeasedQuota"/> calls them under its lock. Invariant: a unit is spent at most one slice of time after the ledger was asked for it.</summary>
internal sealed class Lease(QuotaRule rule, TimeSpan now)
{
    /// <summary>How long a refusal is repeated without asking: others may give units back.</summary>
    public static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);

    /// <summary>A block used up sooner than this doubles the next one; one that lasted longer halves it, and may be given back.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200), Late = TimeSpan.FromSeconds(1);

    /// <summary>How long after its last charge has lapsed a quota is remembered.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private const int MaxBlock = 256;
    private readonly TimeSpan _length = TimeSpan.FromMilliseconds(rule.SliceMilliseconds);

    // The lease itself.
    private long _left;
    private long _slice;
    private TimeSpan _endsAt = now;
    private TimeSpan _takenAt;

    // The rest of the quota: units free for all gateways, and when the refused ones and all others are free again.
    private long _free;
    private TimeSpan _freeAt;
    private TimeSpan _resetsAt = now;
    private long _refusedUnits = long.MaxValue;
    private TimeSpan _refusedUntil;

    // The size of blocks, in requests.
    private int _block = 1;
    private TimeSpan _drawnAt;

    /// <summary>Whether this gateway counted the units alone.</summary>
    public bool IsAlone { get; private set; }

    public bool IsForgotten(TimeSpan now) => now - _resetsAt >= Forgotten;

    /// <summary>Whether nothing is charged any more.</summary>
    public bool IsReset(TimeSpan now) => now >= _resetsAt;

    public bool IsDrawnLately(TimeSpan now) => now - _drawnAt < Late;

    /// <summary>Whether the units left will not or may not be spent.</summary>
    public bool IsUnused(TimeSpan now) => now >= _endsAt || now - _takenAt >= Late;

    /// <summary>Begins a lease of what was granted; the one before must have ended.</summary>
    /// <param name="limit">The limit that the grant was counted against.</param>
    /// <param name="isAlone">Whether this gateway counted alone.</param>
    /// <param name="units">What was needed: fewer granted are a refusal.</param>
    /// <param name="askedAt">When the ledger was asked, so that the lease ends no later than the ledger thinks.</param>
    public void Begin(in QuotaGrant grant, long limit, bool isAlone, long units, TimeSpan askedAt, TimeSpan now)
    {
        _left = grant.Granted;
        _slice = grant.Slice;
        IsAlone = isAlone;
        _endsAt = askedAt + _length;
        _free = Math.Max(0, limit - grant.Used);
        _freeAt = askedAt + grant.FreeIn;
        _resetsAt = askedAt + grant.ResetIn;
        (_refusedUnits, _refusedUntil) = _left < units ? (units, now + Recheck) : (long.MaxValue, TimeSpan.Zero);
    }

    /// <summary>Ends the lease.</summary>
    /// <returns>The units that were not spent.</returns>
    public (bool IsAlone, long Slice, long Units) End()
    {
        var rest = _left;
        _left = 0;
        return (IsAlone, _slice, rest);
    }

    /// <summary>Takes all units, or refuses them while the ledger need not be asked again.</summary>
    /// <param name="isDrawn">Whether the lease was drawn for this very request: it passes when the ledger said so, however late the answer came.</param>
    /// <returns>Null where the ledger must be asked.</returns>
    public QuotaTake? TryDecide(long units, bool isDrawn, TimeSpan now)
    {
        if ((isDrawn || now < _endsAt) && _left >= units)
        {
            _left -= units;
            _takenAt = now;
            return View(true, units, now);
        }

        return now < _refusedUntil && units >= _refusedUnits ? View(false, 0, now) : null;
    }

    /// <summary>Says what could be taken.</summary>
    public QuotaTake View(bool isAllowed, long units, TimeSpan now) => new(
        isAllowed, units, IsReset(now) ? rule.Limit : _free + _left, IsReset(now) ? TimeSpan.Zero : _resetsAt - now,
        now < _freeAt ? _freeAt - now : TimeSpan.Zero, _slice, IsAlone, now);

    /// <summary>Takes back units of a request that used fewer; false when they are of another lease.</summary>
    public bool TryRefund(in QuotaTake take, long units, TimeSpan now)
    {
        if (now >= _endsAt || take.Slice != _slice || take.IsAlone != IsAlone) return false;
        _left += units;
        return true;
    }

    /// <summary>Charges units that a request used beyond what it had taken.</summary>
    /// <returns>How many of them the lease did not cover.</returns>
    public long Charge(long units, TimeSpan now)
    {
        var covered = now < _endsAt ? Math.Min(_left, units) : 0;
        _left -= covered;
        _free = Math.Max(0, _free - (units - covered));
        return units - covered;
    }

    /// <summary>Chooses how many requests the next draw is for, by how long the last one lasted.</summary>
    public int NextBlock(TimeSpan now)
    {
        var lasted = now - _drawnAt;
        _drawnAt = now;
        return _block = lasted < Soon ? Math.Min(_block * 2, MaxBlock) : lasted > Late ? Math.Max(_block / 2, 1) : _block;
    }
}
