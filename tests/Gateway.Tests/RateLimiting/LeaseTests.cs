using Gateway.RateLimiting;

namespace Gateway.Tests.RateLimiting;

/// <summary>The arithmetic of a lease, on times that are only numbers: a limit of 100 a minute, so that a slice is a second.</summary>
public sealed class LeaseTests
{
    private static readonly QuotaRule Rule = new(QuotaKind.Requests, 100, TimeSpan.FromMinutes(1));

    /// <summary>A lease asked for at second 10 and begun at <c>heard</c>, of <c>granted</c> units where 40 are used; what a request for <c>units</c> at <c>at</c> gets.</summary>
    [Theory]
    [InlineData(8, 10.0, 1, 10.0, "taken")]
    [InlineData(8, 10.0, 8, 10.999, "taken")]
    [InlineData(8, 10.0, 9, 10.0, "draw")]
    [InlineData(8, 10.0, 1, 11.0, "draw")]
    [InlineData(8, 10.5, 1, 11.0, "draw")]
    [InlineData(0, 10.0, 5, 10.0, "refused")]
    [InlineData(0, 10.0, 5, 10.099, "refused")]
    [InlineData(0, 10.0, 6, 10.099, "refused")]
    [InlineData(0, 10.0, 4, 10.099, "draw")]
    [InlineData(0, 10.0, 5, 10.1, "draw")]
    [InlineData(0, 10.5, 5, 10.599, "refused")]
    public void TryDecide_OnALease_TakesRefusesOrAsksAnew(long granted, double heard, long units, double at, string expected)
    {
        var lease = Begin(granted, needed: 5, heard);

        var take = lease.TryDecide(units, isDrawn: false, Second(at));

        Assert.Equal(expected, take switch { null => "draw", { IsAllowed: true } => "taken", _ => "refused" });
        Assert.Equal(expected == "taken" ? granted - units : granted, lease.End().Units);
    }

    [Fact]
    public void TryDecide_ForTheRequestThatDrew_PassesAfterTheLeaseHasEnded()
        => Assert.True(Begin(8, needed: 5, heard: 12).TryDecide(5, isDrawn: true, Second(12)) is { IsAllowed: true, Remaining: 63 });

    [Theory]
    [InlineData(3, false, 10.5, true)]
    [InlineData(3, false, 11.0, false)]
    [InlineData(2, false, 10.5, false)]
    [InlineData(3, true, 10.5, false)]
    public void TryRefund_OfUnits_TakesThoseOfThisLeaseWhileItLasts(long slice, bool isAlone, double at, bool expected)
    {
        var lease = Begin(8, needed: 5);
        var take = lease.TryDecide(5, isDrawn: false, Second(10))!.Value with { Slice = slice, IsAlone = isAlone };

        Assert.Equal(expected, lease.TryRefund(take, 4, Second(at)));
        Assert.Equal((false, 3, expected ? 7 : 3), lease.End());
    }

    [Theory]
    [InlineData(5, 10.5, 0, 3)]
    [InlineData(8, 10.5, 0, 0)]
    [InlineData(10, 10.5, 2, 0)]
    [InlineData(5, 11.0, 5, 8)]
    public void Charge_OfUnits_IsCoveredByTheLeaseWhileItLasts(long units, double at, long uncovered, long left)
    {
        var lease = Begin(8, needed: 5);

        Assert.Equal(uncovered, lease.Charge(units, Second(at)));
        Assert.Equal(60 - uncovered + left, lease.View(false, 0, Second(at)).Remaining);
        Assert.Equal(left, lease.End().Units);
    }

    [Fact]
    public void View_BeforeAndAfterTheReset_ShowsWhatIsFree()
    {
        var lease = Begin(0, needed: 5);

        var (before, after) = (lease.View(false, 0, Second(12)), lease.View(false, 0, Second(70)));

        Assert.Equal((60, TimeSpan.FromSeconds(58), TimeSpan.FromSeconds(18)), (before.Remaining, before.Reset, before.FreeIn));
        Assert.Equal((100, TimeSpan.Zero, TimeSpan.Zero), (after.Remaining, after.Reset, after.FreeIn));
        Assert.False(lease.IsForgotten(Second(129)));
        Assert.True(lease.IsForgotten(Second(130)));
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.1, 0.1 }, 8)]
    [InlineData(new[] { 0.1, 0.1, 0.5 }, 4)]
    [InlineData(new[] { 0.1, 0.1, 2.0 }, 2)]
    [InlineData(new[] { 2.0, 2.0 }, 1)]
    public void NextBlock_ByHowLongTheLastOneLasted_GrowsAndShrinks(double[] pauses, int expected)
    {
        var lease = new Lease(Rule, Second(100));
        var (at, block) = (100.0, lease.NextBlock(Second(100)));
        foreach (var pause in pauses) block = lease.NextBlock(Second(at += pause));

        Assert.Equal(expected, block);
    }

    [Fact]
    public void NextBlock_ForEver_IsBounded()
    {
        var lease = new Lease(Rule, default);

        Assert.Equal(256, Enumerable.Range(0, 100).Select(_ => lease.NextBlock(default)).Max());
    }

    private static Lease Begin(long granted, long needed, double heard = 10)
    {
        var lease = new Lease(Rule, default);
        lease.Begin(new(granted, Used: 40, Slice: 3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60)), Rule.Limit, isAlone: false, needed, Second(10), Second(heard));
        return lease;
    }

    private static TimeSpan Second(double second) => TimeSpan.FromSeconds(second);
}
