namespace Gateway.Rollouts;

/// <summary>What a version answered on all model servers together.</summary>
/// <param name="Latency">Requests by the time they took, as in <see cref="VersionCounts.Latency"/>.</param>
internal sealed record VersionTotals(long Requests, long Errors, IReadOnlyList<long> Latency, ShadowCounts? Shadow)
{
    // Far more than there ever are, and few enough to be summed: another process wrote them.
    private const long Most = 1L << 50;

    public double ErrorRate => Requests == 0 ? 0 : (double)Errors / Requests;

    /// <summary>How many requests were measured.</summary>
    public long Measured => Latency.Sum();

    public static VersionTotals Of(IEnumerable<VersionCounts> counts)
    {
        var (requests, errors, latency, shadow) = (0L, 0L, new long[VersionCounts.Buckets], (ShadowCounts?)null);
        foreach (var one in counts)
        {
            requests += Sane(one.Requests);
            errors += Math.Min(Sane(one.Errors), Sane(one.Requests));
            foreach (var (i, count) in (one.Latency ?? []).Take(VersionCounts.Buckets).Index()) latency[i] += Sane(count);
            if (one.Shadow is { } told) shadow = Sum(shadow, told);
        }

        return new(requests, errors, latency, shadow);
    }

    public double? MedianSeconds() => QuantileSeconds(0.5);

    /// <summary>Returns the time within which a part of the requests was done, interpolated within its bucket; null where none was measured.</summary>
    public double? QuantileSeconds(double part)
    {
        var wanted = Measured * part;
        if (wanted == 0) return null;
        var before = 0L;
        foreach (var (i, count) in Latency.Index())
        {
            if (before + count < wanted)
            {
                before += count;
                continue;
            }

            var (lower, upper) = (VersionCounts.BucketSeconds(i - 1), VersionCounts.BucketSeconds(i));
            return lower * Math.Pow(upper / lower, (wanted - before) / count);
        }

        return null;
    }

    private static ShadowCounts Sum(ShadowCounts? sum, ShadowCounts told)
    {
        var compared = Sane(told.Compared);
        var distance = double.IsFinite(told.Distance) ? Math.Clamp(told.Distance, 0, compared) : compared;
        return new((sum?.Compared ?? 0) + compared, (sum?.Agreed ?? 0) + Math.Min(Sane(told.Agreed), compared), (sum?.Distance ?? 0) + distance);
    }

    private static long Sane(long count) => Math.Clamp(count, 0, Most);
}
