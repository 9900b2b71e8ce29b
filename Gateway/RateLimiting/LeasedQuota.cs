namespace Gateway.RateLimiting;

/// <summary>This gateway's part of one client's quota. It leases units from the ledger in blocks and spends them without asking.
/// Invariant: a unit is spent only out of a lease, a lease only in its window, and what the ledger leases in one window never exceeds the limit;
/// so neither do all gateways together. Units leased and not spent are given back or lost with the window, never spent twice.
/// While the ledger does not answer, the gateway grants itself its share of what the ledger had left, or of the limit, and owes it the ledger.</summary>
internal sealed class LeasedQuota(string key, QuotaRule rule, IQuotaLedger ledger, InstanceCount instances, TimeProvider time)
{
    /// <summary>How long a refusal is repeated without asking: others may give units back.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);

    /// <summary>How soon a block must be used up for the next to be larger, and how late to be smaller.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200), Late = TimeSpan.FromSeconds(1);

    /// <summary>How long after its last window a quota is of no use.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private const int MaxBlock = 256;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _drawing;

    // The window: the ledger's name for it (0 for one of our own), ours, and its end, which is never after the ledger's.
    private long _start;
    private long _epoch;
    private long _endsAt = time.GetTimestamp();

    // Units: leased and unspent; free when last heard; used by all when last heard; spent without the ledger's knowledge.
    private long _left;
    private long _free;
    private long _used;
    private long _debt;
    private bool _isAlone;

    private long _refusedUnits = long.MaxValue;
    private long _refusedUntil;
    private int _block = 1;
    private long _wanted;
    private long _drawnAt;
    private long _takenAt;

    public QuotaRule Rule => rule;

    /// <summary>Whether nothing is lost by forgetting it, not even to a request that is just about to take from it.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return _drawing is null && time.GetElapsedTime(_endsAt) >= Forgotten; }
    }

    /// <summary>What could be taken, without taking any.</summary>
    public QuotaTake Peek()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            return now < _endsAt ? new(false, 0, _free + _left, time.GetElapsedTime(now, _endsAt), _epoch) : new(false, 0, rule.Limit, TimeSpan.Zero, _epoch);
        }
    }

    /// <summary>Takes all units or none.</summary>
    public ValueTask<QuotaTake> TakeAsync(long units)
    {
        lock (_gate)
            if (TryDecide(units) is { } take) return new(take);
        return DrawAndTakeAsync(units);
    }

    /// <summary>Corrects what was taken to what was really used.</summary>
    public void Settle(in QuotaTake take, long actual)
    {
        lock (_gate)
        {
            if (take.Epoch != _epoch || time.GetTimestamp() >= _endsAt) return;
            _left += take.Units - actual;
            if (_left >= 0) return;
            _debt -= _left;
            _free = Math.Max(0, _free + _left);
            _left = 0;
        }
    }

    /// <summary>Gives the ledger back what is unlikely to be needed here.</summary>
    public async Task GiveBackAsync(bool everything = false)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        QuotaDraw draw;
        long sent;
        lock (_gate)
        {
            sent = time.GetTimestamp();
            if (_drawing is not null || _isAlone || sent >= _endsAt) return;
            var keep = everything || time.GetElapsedTime(_takenAt, sent) >= Late ? 0 : 2 * _wanted;
            if (_left <= keep && _debt == 0) return;
            var credit = Math.Max(0, _left - keep);
            // Gone from here on, whether the ledger hears of it or not.
            _left -= credit;
            draw = new(0, 0, _start, _used, credit, _debt);
            _drawing = done;
        }

        await DrawAsync(draw, 0, 0, sent, done);
    }

    private async ValueTask<QuotaTake> DrawAndTakeAsync(long units)
    {
        while (true)
        {
            TaskCompletionSource? mine = null;
            Task drawing;
            QuotaDraw draw = default;
            long sent = 0, surrendered = 0;
            lock (_gate)
            {
                if (TryDecide(units) is { } take) return take;
                if (_drawing is null)
                {
                    mine = _drawing = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    sent = time.GetTimestamp();
                    (draw, surrendered) = Prepare(units, sent);
                }

                drawing = _drawing.Task;
            }

            if (mine is null) await drawing;
            else await DrawAsync(draw, units, surrendered, sent, mine);
        }
    }

    private QuotaTake? TryDecide(long units)
    {
        var now = time.GetTimestamp();
        if (now >= _endsAt) return null;
        if (_left >= units)
        {
            _left -= units;
            _takenAt = now;
            return new(true, units, _free + _left, time.GetElapsedTime(now, _endsAt), _epoch);
        }

        return now < _refusedUntil && units >= _refusedUnits ? new(false, 0, _free + _left, time.GetElapsedTime(now, _endsAt), _epoch) : null;
    }

    private (QuotaDraw Draw, long Surrendered) Prepare(long units, long now)
    {
        var sinceLast = time.GetElapsedTime(_drawnAt, now);
        _block = sinceLast < Soon ? Math.Min(_block * 2, MaxBlock) : sinceLast > Late ? Math.Max(_block / 2, 1) : _block;
        _drawnAt = now;
        _wanted = units * _block;
        if (now >= _endsAt)
        {
            if (_start == 0) (_left, _debt) = (0, 0);
            return (new(units, _wanted, _start, _used, 0, _debt), 0);
        }

        // What we granted ourselves is only worth something if the ledger does not answer.
        var surrendered = _isAlone ? Math.Min(_left, _debt) : 0;
        _left -= surrendered;
        return (new(units - _left, _wanted, _start, _used, 0, _debt - surrendered), surrendered);
    }

    private async Task DrawAsync(QuotaDraw draw, long units, long surrendered, long sent, TaskCompletionSource done)
    {
        var grant = await ledger.DrawAsync(key, rule, draw);
        lock (_gate)
        {
            _drawing = null;
            if (grant is { } granted) Lease(draw, granted, surrendered, sent);
            else GrantMyself(draw, units, surrendered);
            var now = time.GetTimestamp();
            if (_left < units) (_refusedUnits, _refusedUntil) = (units, Math.Min(_endsAt, now + Ticks(Recheck)));
            else _refusedUntil = 0;
        }

        done.SetResult();
    }

    private void Lease(QuotaDraw draw, QuotaGrant grant, long surrendered, long sent)
    {
        if (grant.Start != _start) _left = 0;
        Open(grant.Start);

        // Counted from before the question, so that it ends no later than the ledger's.
        _endsAt = sent + Ticks(grant.Left);
        _debt = Math.Max(0, _debt - draw.Debt - surrendered);
        _left += grant.Granted;
        _used = grant.Used;
        _free = Math.Max(0, rule.Limit - grant.Used);
    }

    private void GrantMyself(QuotaDraw draw, long units, long surrendered)
    {
        var now = time.GetTimestamp();
        if (now >= _endsAt)
        {
            Open(0);
            (_left, _debt, _used) = (0, 0, 0);
            _endsAt = now + Ticks(rule.Window);
            _free = Math.Max(1, rule.Limit / instances.Current);
            _isAlone = true;
        }
        else if (!_isAlone)
        {
            _free /= instances.Current;
            _isAlone = true;
        }

        _left += surrendered;
        var missing = units - _left;
        if (missing <= 0 || missing > _free) return;
        var granted = Math.Max(missing, Math.Min(draw.Wanted, _free / 8));
        _left += granted;
        _free -= granted;
        _debt += granted;
    }

    private void Open(long start)
    {
        if (start == 0 || start != _start) _epoch++;
        _start = start;
        _isAlone = false;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}

/// <summary>What was decided about one request, and what that left.</summary>
/// <param name="Units">Units taken; none when refused.</param>
/// <param name="Reset">Until the window ends.</param>
/// <param name="Epoch">The window they were taken in.</param>
internal readonly record struct QuotaTake(bool IsAllowed, long Units, long Remaining, TimeSpan Reset, long Epoch);
