using Gateway.RateLimiting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class LeasedQuotaTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Until a charge counts no more: the minute, the second it was made in, and the one in which it may be spent.</summary>
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(62);
    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryLedger _ledger;

    public LeasedQuotaTests() => _ledger = new(_clock);

    [Fact]
    public async Task Take_UpToTheLimit_CountsDownThenRefusesUntilAMinuteHasPassed()
    {
        var quota = Quota(4);
        var passed = new List<QuotaTake>();
        for (var i = 0; i < 4; i++) passed.Add(await quota.TakeAsync(1));
        _clock.Advance(TimeSpan.FromSeconds(20));
        var refused = await quota.TakeAsync(1);

        Assert.All(passed, t => Assert.True(t.IsAllowed));
        Assert.Equal([3, 2, 1, 0], passed.Select(t => t.Remaining));
        Assert.False(refused.IsAllowed);
        Assert.Equal((0, TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(42)), (refused.Remaining, refused.Reset, refused.FreeIn));
    }

    [Fact]
    public async Task Take_AMinuteLater_HasTheFullLimitAndNoMore()
    {
        var quota = Quota(4);
        for (var i = 0; i < 5; i++) await quota.TakeAsync(1);
        _clock.Advance(Whole);

        Assert.Equal(4, await TakeAllAsync(quota, 20));
    }

    [Fact]
    public async Task Take_AroundTheEndOfAMinute_HasNoSecondLimit()
    {
        var quota = Quota(100);
        await quota.TakeAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(55));
        Assert.Equal(99, await TakeAllAsync(quota, 200));
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(1, await TakeAllAsync(quota, 200));
        _clock.Advance(TimeSpan.FromSeconds(52));
        Assert.Equal(99, await TakeAllAsync(quota, 200));
    }

    /// <summary>Found by the soak: what was remembered of a full minute was told to a ledger on which it had just lapsed, and so for ever.</summary>
    [Fact]
    public async Task Ledger_OnWhichAllHasLapsed_IsNotTakenForOneThatLostItsMemory()
    {
        LeasedQuota[] gateways = [Quota(100), Quota(100)];
        Assert.Equal(100, await TakeAllAsync(gateways[0], 100));
        for (var second = 1; second < 62; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            foreach (var gateway in gateways) Assert.False((await gateway.TakeAsync(1)).IsAllowed);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await TakeAllAsync(gateways[0], 1));
        Assert.InRange(await TakeAllAsync(gateways[1], 200), 80, 99);
    }

    [Fact]
    public async Task Refusal_SaysWhenEnoughWillBeFree()
    {
        var quota = Quota(100);
        await quota.TakeAsync(10);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await quota.TakeAsync(80);

        var refused = await quota.TakeAsync(15);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        var large = await quota.TakeAsync(50);

        Assert.Equal((TimeSpan.FromSeconds(42), TimeSpan.FromSeconds(62)), (refused.FreeIn, refused.Reset));
        Assert.Equal(TimeSpan.FromSeconds(61.9), large.FreeIn);
        _clock.Advance(TimeSpan.FromSeconds(41.9));
        Assert.True((await quota.TakeAsync(15)).IsAllowed);
    }

    [Fact]
    public async Task Lease_NotSpentInItsSlice_ReturnsToTheOthersWhole()
    {
        var (one, other) = (Quota(1000), Quota(1000));
        Assert.Equal(20, await TakeAllAsync(one, 20));
        _clock.Advance(TimeSpan.FromSeconds(1.5));

        // Its next draw brings back what the last one left over.
        await one.TakeAsync(1);
        await one.GiveBackAsync(everything: true);

        Assert.Equal(979, await TakeAllAsync(other, 2000));
        Assert.Equal(0, await TakeAllAsync(one, 10));
    }

    [Fact]
    public async Task Answer_LaterThanItsLease_CountsForTheRequestThatAskedAlone()
    {
        _ledger.Latency = TimeSpan.FromSeconds(1.5);
        var quota = Quota(1000);

        Assert.Equal(30, await TakeAllAsync(quota, 30));

        Assert.Equal(30, _ledger.Draws);
    }

    [Fact]
    public async Task Take_InBlocks_RarelyAsksTheLedger()
    {
        var quota = Quota(100_000);

        Assert.Equal(50_000, await TakeAllAsync(quota, 50_000));
        Assert.InRange(_ledger.Draws, 8, 250);
    }

    [Fact]
    public async Task Take_MoreThanIsLeft_TakesNothing()
    {
        var quota = Quota(100);
        Assert.True((await quota.TakeAsync(60)).IsAllowed);

        Assert.False((await quota.TakeAsync(41)).IsAllowed);

        Assert.True((await quota.TakeAsync(40)).IsAllowed);
    }

    [Fact]
    public async Task Settle_BelowTheReservation_GivesTheRestBack()
    {
        var quota = Quota(100);
        var take = await quota.TakeAsync(90);

        quota.Settle(take, 10);

        Assert.True((await quota.TakeAsync(90)).IsAllowed);
        Assert.False((await quota.TakeAsync(1)).IsAllowed);
    }

    [Fact]
    public async Task Settle_AboveTheReservation_IsCharged()
    {
        var quota = Quota(100);
        var take = await quota.TakeAsync(10);

        quota.Settle(take, 95);

        Assert.False((await quota.TakeAsync(6)).IsAllowed);
        Assert.True((await quota.TakeAsync(5)).IsAllowed);
    }

    [Fact]
    public async Task Settle_AfterTheWindow_ChangesNothing()
    {
        var quota = Quota(100);
        var take = await quota.TakeAsync(90);
        _clock.Advance(Whole);
        await quota.TakeAsync(100);

        quota.Settle(take, 0);

        Assert.False((await quota.TakeAsync(1)).IsAllowed);
    }

    [Fact]
    public async Task IdleLease_AfterASecond_ReturnsToTheOthers()
    {
        var (one, other) = (Quota(100), Quota(100));
        var take = await one.TakeAsync(100);
        one.Settle(take, 1);
        Assert.False((await other.TakeAsync(1)).IsAllowed);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await one.GiveBackAsync();

        Assert.True((await other.TakeAsync(99)).IsAllowed);
        Assert.False((await other.TakeAsync(1)).IsAllowed);
    }

    [Fact]
    public async Task LeaseOfADeadGateway_IsLostUntilTheWindowEndsAndNoLonger()
    {
        var dead = Quota(1000);
        await TakeAllAsync(dead, 20);
        var living = Quota(1000);

        var passed = await TakeAllAsync(living, 2000);
        _clock.Advance(Whole);

        Assert.InRange(passed, 1000 - 20 - 1000 / 8, 1000 - 20);
        Assert.Equal(1000, await TakeAllAsync(living, 2000));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(4, 25)]
    [InlineData(1000, 1)]
    public async Task Ledger_Away_LeavesEachGatewayItsShare(int instances, int share)
    {
        _ledger.IsAway = true;
        var quota = Quota(100, instances);

        Assert.Equal(share, await TakeAllAsync(quota, 300));
        _clock.Advance(Whole);
        Assert.Equal(share, await TakeAllAsync(quota, 300));
    }

    [Fact]
    public async Task Ledger_GoneInsideAWindow_LeavesEachGatewayItsShareOfTheRest()
    {
        var (one, other) = (Quota(100, instances: 2), Quota(100, instances: 2));
        var passed = await TakeAllAsync(one, 20) + await TakeAllAsync(other, 20);
        _ledger.IsAway = true;

        passed += await TakeAllAsync(one, 300) + await TakeAllAsync(other, 300);

        // Each by what it had heard last.
        Assert.InRange(passed, 90, 115);
    }

    [Fact]
    public async Task Ledger_BackInsideAWindow_IsToldWhatWasSpentMeanwhile()
    {
        var quota = Quota(100);
        await TakeAllAsync(quota, 20);
        _ledger.IsAway = true;
        Assert.Equal(30, await TakeAllAsync(quota, 30));
        _ledger.IsAway = false;
        _clock.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(50, await TakeAllAsync(quota, 300));
        Assert.Equal(0, await TakeAllAsync(Quota(100), 10));
    }

    [Fact]
    public async Task Ledger_BackAfterAWindowOfOurOwn_CountsItAgainstTheNewOne()
    {
        var quota = Quota(100);
        _ledger.IsAway = true;
        Assert.Equal(30, await TakeAllAsync(quota, 30));
        _ledger.IsAway = false;

        Assert.Equal(70, await TakeAllAsync(quota, 300));
    }

    [Fact]
    public async Task Ledger_ThatLostItsMemory_IsToldTheWindow()
    {
        var quota = Quota(100);
        await TakeAllAsync(quota, 60);
        _ledger.Lose();

        Assert.Equal(40, await TakeAllAsync(quota, 300));
        Assert.Equal(0, await TakeAllAsync(Quota(100), 10));
    }

    /// <summary>An exception of the ledger once left the draw under way for ever, and with it every later request of the client.</summary>
    private LeasedQuota Quota(long limit, int instances = 1)
        => new("k", new(QuotaKind.Requests, limit, Minute), _ledger, new(Options.Create(new RateLimitingOptions { Instances = instances })), _clock);

    private static async Task<int> TakeAllAsync(LeasedQuota quota, int tries)
    {
        var passed = 0;
        for (var i = 0; i < tries; i++)
            if ((await quota.TakeAsync(1)).IsAllowed) passed++;
        return passed;
    }
}
