namespace Gateway.RateLimiting;

/// <summary>The arithmetic of a quota: units charged to slices of time, of which those count that can have been spent within the last window.
/// A unit charged to slice i is spent before slice i + 2 begins, and counts until i + 2 and a whole window are over: so no span of a window's
/// length, wherever it begins, ever holds more than the limit.</summary>
internal sealed class SlidingWindow(QuotaRule rule, long limit)
{
    private readonly SortedList<long, long> _slices = [];
    private bool _remembers;

    /// <param name="now">In milliseconds of any clock that does not go back.</param>
    public QuotaGrant Draw(long now, in QuotaDraw draw)
    {
        var slice = now / rule.SliceMilliseconds;
        while (_slices.Count > 0 && _slices.GetKeyAtIndex(0) + rule.LivingSlices <= slice) _slices.RemoveAt(0);
        if (!_remembers && draw.SeenSlice > 0 && draw.SeenSlice + rule.LivingSlices > slice) Charge(draw.SeenSlice, draw.SeenUsed);
        _remembers = true;
        foreach (var (credited, units) in draw.Credits)
            if (_slices.TryGetValue(credited, out var charged)) _slices[credited] = Math.Max(0, charged - units);
        Charge(slice, draw.Debt);
        var used = _slices.Values.Sum();
        var free = Math.Max(0, limit - used);
        // A block is at most an eighth of what is free, so that gateways share the rest evenly to its last unit.
        var granted = draw.Least > 0 && draw.Least <= free ? Math.Max(draw.Least, Math.Min(draw.Wanted, free / 8)) : 0;
        Charge(slice, granted);
        var (freeIn, resetIn) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var (charged, units) in _slices.Where(s => s.Value > 0))
        {
            resetIn = TimeSpan.FromMilliseconds((charged + rule.LivingSlices) * rule.SliceMilliseconds - now);
            if (granted == 0 && free < draw.Least) freeIn = resetIn;
            free += units;
        }

        return new(granted, used + granted, slice, freeIn, resetIn);
    }

    private void Charge(long slice, long units)
    {
        if (units > 0) _slices[slice] = _slices.GetValueOrDefault(slice) + units;
    }
}
