namespace Gateway.RateLimiting;

/// <summary>This gateway's part of one client's quota. It leases units from the ledger in blocks and spends them without asking; at most one draw is under way
/// (single-flight), and requests that need it wait for it.
/// Invariant: a unit is spent only out of a lease, and a lease only within a slice of time after it was asked for; what the ledger leases in any
/// window, and a slice more at both ends, never exceeds the limit; so no window ever sees more spent by all gateways together.
/// Units leased and not spent are given back or lost for a window, never spent twice.
/// While the ledger does not answer, <see cref="LocalCount"/> grants up to this gateway's share.</summary>
internal sealed class LeasedQuota(string key, QuotaRule rule, IQuotaLedger ledger, InstanceCount instances, TimeProvider time)
{
    // Guards everything below. Not held while the ledger is asked.
    private readonly Lock _gate = new();
    private readonly Lease _lease = new(rule, Read(time));
    private readonly LocalCount _local = new(rule, instances);

    /// <summary>Units leased and not spent, by slice: for the ledger's next draw.</summary>
    private readonly Dictionary<long, long> _credits = [];

    /// <summary>Ends with the draw under way.</summary>
    private TaskCompletionSource? _drawing;

    // What the ledger said last; one that lost its memory goes on with it.
    private long _seenSlice;
    private long _seenUsed;

    public QuotaRule Rule => rule;

    /// <summary>Whether nothing is lost by forgetting it, not even to a request that is just about to take from it.</summary>
    public bool IsIdle
    {
        get { lock (_gate) return _drawing is null && _lease.IsForgotten(Now); }
    }

    private TimeSpan Now => Read(time);

    /// <summary>Says what could be taken, without taking any.</summary>
    public QuotaTake Peek()
    {
        lock (_gate) return _lease.View(false, 0, Now);
    }

    /// <summary>Takes all units or none.</summary>
    public ValueTask<QuotaTake> TakeAsync(long units)
    {
        lock (_gate)
            if (_lease.TryDecide(units, isDrawn: false, Now) is { } take) return new(take);
        return DrawAndTakeAsync(units);
    }

    /// <summary>Corrects what was taken to what was really used.</summary>
    public void Settle(in QuotaTake take, long actual)
    {
        lock (_gate)
        {
            var now = Now;
            // After a window it counts no more.
            if (now - take.At >= rule.Window) return;
            var rest = take.Units - actual;
            if (rest > 0 && !_lease.TryRefund(take, rest, now)) RefundLocked(take.IsAlone, take.Slice, rest, now);
            else if (rest < 0 && _lease.Charge(-rest, now) is > 0 and var uncovered) _local.Charge(uncovered, now);
        }
    }

    /// <summary>Gives the ledger back what is unlikely to be needed here.</summary>
    public async Task GiveBackAsync(bool everything = false)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        QuotaDraw draw;
        TimeSpan sent;
        lock (_gate)
        {
            sent = Now;
            if (_drawing is not null || _lease.IsAlone || (!everything && _lease.IsDrawnLately(sent))) return;
            if (everything || _lease.IsUnused(sent)) EndLeaseLocked(sent);
            if (_credits.Count == 0 && _local.Debt == 0) return;
            draw = PrepareLocked(0, 0);
            _drawing = done;
        }

        await DrawAsync(draw, 0, sent, done);
    }

    private async ValueTask<QuotaTake> DrawAndTakeAsync(long units)
    {
        while (true)
        {
            TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task? others;
            QuotaDraw draw = default;
            TimeSpan sent;
            lock (_gate)
            {
                sent = Now;
                if (_lease.TryDecide(units, isDrawn: false, sent) is { } take) return take;
                others = _drawing?.Task;
                if (others is null)
                {
                    _drawing = done;
                    // A lease has one slice, and ends with it.
                    EndLeaseLocked(sent);
                    draw = PrepareLocked(units, units * _lease.NextBlock(sent));
                }
            }

            if (others is not null) await others;
            else if (await DrawAsync(draw, units, sent, done) is { } drawn) return drawn;
        }
    }

    /// <returns>What the draw decides for the request that made it; null for none.</returns>
    private async Task<QuotaTake?> DrawAsync(QuotaDraw draw, long units, TimeSpan sent, TaskCompletionSource done)
    {
        QuotaGrant? grant = null;
        QuotaTake? take = null;
        try
        {
            grant = await ledger.DrawAsync(key, rule, draw);
        }
        finally
        {
            // A ledger that throws has not answered: those who wait go on with this gateway's share.
            lock (_gate)
            {
                _drawing = null;
                BeginLeaseLocked(grant, draw, units, sent);
                if (units > 0) take = _lease.TryDecide(units, isDrawn: true, Now);
            }

            done.SetResult();
        }

        return take;
    }

    /// <summary>Reads the clock of timestamps in whole ticks: a <see cref="TimeProvider.GetElapsedTime(long)"/> of everything would be rounded.</summary>
    private static TimeSpan Read(TimeProvider time)
    {
        var (seconds, rest) = Math.DivRem(time.GetTimestamp(), time.TimestampFrequency);
        return new((seconds * TimeSpan.TicksPerSecond) + (rest * TimeSpan.TicksPerSecond / time.TimestampFrequency));
    }

    private QuotaDraw PrepareLocked(long least, long wanted)
    {
        var draw = new QuotaDraw(least, wanted, _seenSlice, _seenUsed, _local.Debt) { Credits = [.. _credits] };
        // Gone from here on, whether the ledger hears of it or not.
        _credits.Clear();
        return draw;
    }

    private void BeginLeaseLocked(QuotaGrant? grant, in QuotaDraw draw, long units, TimeSpan sent)
    {
        var now = Now;
        EndLeaseLocked(now);
        if (grant is { } heard)
        {
            _local.End(told: draw.Debt);
            (_seenSlice, _seenUsed) = (heard.Slice, heard.Used);
            _lease.Begin(heard, rule.Limit, isAlone: false, units, sent, now);
        }
        else
        {
            _lease.Begin(_local.Draw(draw, _lease.IsReset(now) ? 0 : _seenUsed, now), _local.Share, isAlone: true, units, now, now);
        }
    }

    private void EndLeaseLocked(TimeSpan now)
    {
        var (isAlone, slice, rest) = _lease.End();
        if (rest > 0) RefundLocked(isAlone, slice, rest, now);
    }

    private void RefundLocked(bool isAlone, long slice, long units, TimeSpan now)
    {
        if (isAlone) _local.Refund(slice, units, now);
        else _credits[slice] = _credits.GetValueOrDefault(slice) + units;
    }
}

/// <summary>What was decided about one request, and what that left.</summary>
/// <param name="Units">Units taken; none when refused.</param>
/// <param name="Remaining">Units that could be taken now.</param>
/// <param name="Reset">The time until the full limit is free again.</param>
/// <param name="FreeIn">The time until the refused units are free, if nobody else takes them.</param>
/// <param name="Slice">The slice of time that the units are charged to.</param>
/// <param name="IsAlone">Whether this gateway counted them alone.</param>
/// <param name="At">When they were taken, on the clock of timestamps.</param>
internal readonly record struct QuotaTake(bool IsAllowed, long Units, long Remaining, TimeSpan Reset, TimeSpan FreeIn, long Slice, bool IsAlone, TimeSpan At);
