using Gateway.Rollouts;

namespace Gateway.Tests.Rollouts;

public sealed class TrialComparisonTests
{
    private static readonly Trial Canary = Told.Trial("2", TrialGoal.Canary, TrialStage.Canary, percent: 10);

    [Theory]
    [InlineData(1, 50, 0, 1000, false)]
    [InlineData(5, 50, 0, 1000, false)]
    [InlineData(6, 50, 0, 1000, true)]
    [InlineData(49, 49, 0, 1000, false)]
    [InlineData(50, 50, 0, 0, true)]
    [InlineData(30, 100, 250, 1000, false)]
    [InlineData(50, 100, 250, 1000, true)]
    [InlineData(20_000, 1_000_000, 0, 1000, false)]
    [InlineData(21_000, 1_000_000, 0, 1000, true)]
    [InlineData(1_000_000, 1_000_000, 1000, 1000, false)]
    public void Errors_BeyondTheBaselines_CountWhenChanceIsNoExplanation(long errors, long requests, long baselineErrors, long baselineRequests, bool isFault)
    {
        var fault = Compare(Told.Counts(10, requests, errors), Told.Counts(0, baselineRequests, baselineErrors)).Fault(Told.Policy);

        Assert.Equal(isFault, fault?.Contains("failed", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(2.0, 100, 2.0, 100, false)]
    [InlineData(2.5, 100, 2.0, 100, false)]
    [InlineData(4.0, 100, 2.0, 100, true)]
    [InlineData(4.0, 99, 2.0, 100, false)]
    [InlineData(4.0, 100, 2.0, 99, false)]
    [InlineData(400, 1000, 2.0, 0, false)]
    public void Latency_OfBoth_IsComparedWhenBothHaveEnough(double milliseconds, long requests, double baseline, long baselineRequests, bool isFault)
    {
        var fault = Compare(Told.Counts(10, requests, 0, milliseconds), Told.Counts(0, baselineRequests, 0, baseline)).Fault(Told.Policy);

        Assert.Equal(isFault, fault?.Contains("more than 1.5 times", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData(50, 50, false)]
    [InlineData(50, 47, false)]
    [InlineData(50, 40, true)]
    [InlineData(49, 0, false)]
    [InlineData(10_000, 9_400, true)]
    [InlineData(10_000, 9_500, false)]
    public void Shadow_ThatDisagrees_IsAFault(long compared, long agreed, bool isFault)
    {
        var fault = Compare(Told.Counts(10, compared, shadow: new(compared, agreed, 0)), Told.Counts(0, 1000)).Fault(Told.Policy);

        Assert.Equal(isFault, fault?.Contains("agreed", StringComparison.Ordinal) == true);
    }

    /// <summary>A version as good as the other one, looked at every second of its probation, stays.</summary>
    [Fact]
    public void EqualVersions_LookedAtAgainAndAgain_AreHardlyEverTakenBack()
    {
        var takenBack = 0;
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            long errors = 0;
            var isTakenBack = false;
            for (long requests = 1; requests <= 3000; requests++)
            {
                if (random.NextDouble() < 0.03) errors++;
                if (requests % 10 == 0 && requests >= Told.Policy.MinRequests) isTakenBack |= TrialComparison.IsAbove(errors, requests, 0.03 + Told.Policy.MaxErrorRate);
            }

            if (isTakenBack) takenBack++;
        }

        Assert.InRange(takenBack, 0, 5);
    }

    [Fact]
    public void Counts_OfSeveralServers_AreSummed_NonsenseAmongThem()
    {
        long[] short_ = [1, 2];
        var totals = VersionTotals.Of([
            new(1, 10, 2, short_, new(5, 4, 0.5)), new(1, -5, -1, [-1, long.MaxValue], new(3, 9, double.NaN)), new(1, 4, 9, null!, null), new(1, 1, 0, [.. Enumerable.Repeat(1L, 100)], null)]);

        Assert.Equal((15, 6), (totals.Requests, totals.Errors));
        Assert.Equal(new ShadowCounts(8, 7, 3.5), totals.Shadow);
        Assert.Equal(VersionCounts.Buckets, totals.Latency.Count);
        Assert.True(totals.Measured > 0);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(1.0)]
    [InlineData(2.7)]
    [InlineData(850)]
    public void Median_OfOneTime_LiesInItsBucket(double milliseconds)
    {
        var median = VersionTotals.Of([Told.Counts(1, 1001, 0, milliseconds)]).MedianSeconds()!.Value * 1000;

        Assert.InRange(median, Math.Max(milliseconds, 0.1) / 1.26, Math.Max(milliseconds, 0.1) * 1.26);
        Assert.Null(VersionTotals.Of([]).MedianSeconds());
    }

    private static TrialComparison Compare(VersionCounts tried, VersionCounts baseline)
        => TrialComparison.Of(Canary, Told.By("1:ready 2:ready").Counting("2", tried).Counting("1", baseline));

    /// <summary>Two copies of one version, of which one was measured while the machine did other things as well.</summary>
    [Fact]
    public void Latency_ThatLoadMovesAndTheFastestTenthDoesNot_IsNoFault()
    {
        var (calm, busy) = (Histogram(fast: 200, slow: 800, slowMilliseconds: 2), Histogram(fast: 200, slow: 800, slowMilliseconds: 8));

        Assert.True(new VersionTotals(1000, 0, busy, null).MedianSeconds() > 2 * new VersionTotals(1000, 0, calm, null).MedianSeconds());
        Assert.Null(new TrialComparison(Told.Trial("2", TrialGoal.Canary, TrialStage.Canary, "1", 10), new(1000, 0, busy, null), new(1000, 0, calm, null)).Fault(new()));
    }

    private static long[] Histogram(long fast, long slow, double slowMilliseconds)
    {
        var counts = new long[VersionCounts.Buckets];
        counts[VersionCounts.BucketOf(TimeSpan.FromMilliseconds(1))] = fast;
        counts[VersionCounts.BucketOf(TimeSpan.FromMilliseconds(slowMilliseconds))] = slow;
        return counts;
    }
}
