namespace Gateway.RateLimiting;

/// <summary>This gateway's part of one client's quota. It leases units from the ledger in blocks and spends them without asking.
/// Invariant: a unit is spent only out of a lease, and a lease only within a slice of time after it was asked for; what the ledger leases in any
/// window, and a slice more at both ends, never exceeds the limit; so no window ever sees more spent by all gateways together.
/// Units leased and not spent are given back or lost for a window, never spent twice.
/// While the ledger does not answer, the gateway counts alone, up to its share, and owes the ledger what it spent.</summary>
internal sealed class LeasedQuota(string key, QuotaRule rule, IQuotaLedger ledger, InstanceCount instances, TimeProvider time)
{
    /// <summary>How long a refusal is repeated without asking: others may give units back.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);

    /// <summary>How soon a block must be used up for the next to be larger, and how late to be smaller.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200), Late = TimeSpan.FromSeconds(1);

    /// <summary>How long after its last charge a quota is of no use.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private const int MaxBlock = 256;
    private readonly Lock _gate = new();
    private readonly long _sliceTicks = Math.Max(1, rule.SliceMilliseconds * time.TimestampFrequency / 1000);
    private readonly long _windowTicks = (long)(rule.Window.TotalSeconds * time.TimestampFrequency);
    private readonly Dictionary<long, long> _credits = [];
    private TaskCompletionSource? _drawing;

    // The lease: units unspent, the slice they are charged to, and when they can no longer be spent.
    private long _left;
    private long _slice;
    private long _leaseEndsAt = time.GetTimestamp();

    // When last heard: free for all, used by all, in which slice, and when nothing of it counts any more.
    private long _free;
    private long _used;
    private long _seenSlice;
    private long _resetsAt = time.GetTimestamp();

    // Spent without the ledger's knowledge; our own count while it is silent.
    private long _debt;
    private SlidingWindow? _alone;

    private long _refusedUnits = long.MaxValue;
    private long _refusedUntil;
    private long _freeAt;
    private int _block = 1;
    private long _wanted;
    private long _drawnAt;
    private long _takenAt;

    public QuotaRule Rule => rule;

    private long Share => Math.Max(1, rule.Limit / instances.Current);

    /// <summary>Whether nothing is lost by forgetting it, not even to a request that is just about to take from it.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return _drawing is null && time.GetElapsedTime(_resetsAt) >= Forgotten; }
    }

    /// <summary>What could be taken, without taking any.</summary>
    public QuotaTake Peek()
    {
        lock (_gate) return View(false, 0, time.GetTimestamp());
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
            var now = time.GetTimestamp();
            // It counts no more.
            if (now - take.At >= _windowTicks) return;
            var rest = take.Units - actual;
            if (rest > 0) GiveBack(take.IsAlone, take.Slice, rest, now < _leaseEndsAt);
            else if (rest < 0) Owe(-rest, now);
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
            if (_drawing is not null || _alone is not null || (!everything && time.GetElapsedTime(_drawnAt, sent) < Late)) return;
            if (everything || sent >= _leaseEndsAt || time.GetElapsedTime(_takenAt, sent) >= Late) EndLease();
            if (_credits.Count == 0 && _debt == 0) return;
            draw = Tell(0, 0);
            _drawing = done;
        }

        await DrawAsync(draw, 0, sent, done);
    }

    private async ValueTask<QuotaTake> DrawAndTakeAsync(long units)
    {
        while (true)
        {
            TaskCompletionSource? mine = null;
            Task drawing;
            QuotaDraw draw = default;
            long sent = 0;
            lock (_gate)
            {
                if (TryDecide(units) is { } take) return take;
                if (_drawing is null)
                {
                    mine = _drawing = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    sent = time.GetTimestamp();
                    draw = Prepare(units, sent);
                }

                drawing = _drawing.Task;
            }

            if (mine is null) await drawing;
            else if (await DrawAsync(draw, units, sent, mine) is { } drawn) return drawn;
        }
    }

    /// <param name="isDrawn">Whether the units were drawn for this very request: it has passed when the ledger said so, however late we hear of it.</param>
    private QuotaTake? TryDecide(long units, bool isDrawn = false)
    {
        var now = time.GetTimestamp();
        if ((isDrawn || now < _leaseEndsAt) && _left >= units)
        {
            _left -= units;
            _takenAt = now;
            return View(true, units, now);
        }

        return now < _refusedUntil && units >= _refusedUnits ? View(false, 0, now) : null;
    }

    private QuotaTake View(bool isAllowed, long units, long now)
    {
        var isReset = now >= _resetsAt;
        return new(
            isAllowed, units, isReset ? rule.Limit : _free + _left, isReset ? TimeSpan.Zero : time.GetElapsedTime(now, _resetsAt),
            now < _freeAt ? time.GetElapsedTime(now, _freeAt) : TimeSpan.Zero, _slice, _alone is not null, now);
    }

    private QuotaDraw Prepare(long units, long now)
    {
        var sinceLast = time.GetElapsedTime(_drawnAt, now);
        _block = sinceLast < Soon ? Math.Min(_block * 2, MaxBlock) : sinceLast > Late ? Math.Max(_block / 2, 1) : _block;
        _drawnAt = now;
        _wanted = units * _block;
        // A lease has one slice, and ends with it.
        EndLease();
        return Tell(units, _wanted);
    }

    private QuotaDraw Tell(long least, long wanted)
    {
        var draw = new QuotaDraw(least, wanted, _seenSlice, _used, _debt) { Credits = [.. _credits] };
        // Gone from here on, whether the ledger hears of it or not.
        _credits.Clear();
        return draw;
    }

    /// <returns>What that means for the request that drew; null for none.</returns>
    private async Task<QuotaTake?> DrawAsync(QuotaDraw draw, long units, long sent, TaskCompletionSource done)
    {
        QuotaTake? take;
        var grant = await ledger.DrawAsync(key, rule, draw);
        lock (_gate)
        {
            _drawing = null;
            EndLease();
            if (grant is { } heard)
            {
                _debt = Math.Max(0, _debt - draw.Debt);
                (_alone, _seenSlice) = (null, heard.Slice);
            }
            else
            {
                sent = time.GetTimestamp();
                heard = CountAlone(draw.Least, draw.Wanted, sent);
            }

            Lease(heard, units, sent);
            take = units > 0 ? TryDecide(units, isDrawn: true) : null;
        }

        done.SetResult();
        return take;
    }

    /// <param name="sent">When the ledger was asked, so that the lease ends no later than the ledger thinks.</param>
    private void Lease(in QuotaGrant grant, long units, long sent)
    {
        (_left, _slice, _leaseEndsAt) = (grant.Granted, grant.Slice, sent + _sliceTicks);
        // Alone we count our share; the ledger is to hear again what it last said itself.
        if (_alone is null) _used = grant.Used;
        _free = Math.Max(0, (_alone is null ? rule.Limit : Share) - grant.Used);
        (_resetsAt, _freeAt) = (sent + Ticks(grant.ResetIn), sent + Ticks(grant.FreeIn));
        (_refusedUnits, _refusedUntil) = _left < units ? (units, time.GetTimestamp() + Ticks(Recheck)) : (long.MaxValue, 0);
    }

    private QuotaGrant CountAlone(long least, long wanted, long now)
    {
        if (_alone is null)
        {
            // From here on this gateway has its share of what was left.
            _alone = new(rule, Share);
            if (now < _resetsAt && _used > 0) _alone.Draw(Milliseconds(now), new(0, 0, Debt: _used / instances.Current));
        }

        var grant = _alone.Draw(Milliseconds(now), new(least, wanted));
        _debt += grant.Granted;
        return grant;
    }

    private void EndLease()
    {
        if (_left > 0) GiveBack(_alone is not null, _slice, _left, mayKeep: false);
        _left = 0;
    }

    private void GiveBack(bool isAlone, long slice, long units, bool mayKeep)
    {
        if (mayKeep && slice == _slice && isAlone == _alone is not null)
        {
            _left += units;
        }
        else if (!isAlone)
        {
            _credits[slice] = _credits.GetValueOrDefault(slice) + units;
        }
        else if (_alone is { } alone)
        {
            alone.Draw(Milliseconds(time.GetTimestamp()), new(0, 0) { Credits = [new(slice, units)] });
            _debt = Math.Max(0, _debt - units);
        }
    }

    private void Owe(long units, long now)
    {
        var covered = now < _leaseEndsAt ? Math.Min(_left, units) : 0;
        _left -= covered;
        _free = Math.Max(0, _free - (units - covered));
        _debt += units - covered;
        _alone?.Draw(Milliseconds(now), new(0, 0, Debt: units - covered));
    }

    private long Milliseconds(long timestamp) => (long)TimeSpan.FromSeconds(timestamp / (double)time.TimestampFrequency).TotalMilliseconds;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}

/// <summary>What was decided about one request, and what that left.</summary>
/// <param name="Units">Units taken; none when refused.</param>
/// <param name="Reset">Until the full limit is there again.</param>
/// <param name="FreeIn">Until as much is free as was refused; at most what others leave.</param>
/// <param name="Slice">What they are charged to.</param>
/// <param name="IsAlone">Whether this gateway counts them alone.</param>
/// <param name="At">When they were taken.</param>
internal readonly record struct QuotaTake(bool IsAllowed, long Units, long Remaining, TimeSpan Reset, TimeSpan FreeIn, long Slice, bool IsAlone, long At);
