using Gateway.RateLimiting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class LeasedQuotaTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ManualTimeProvider _clock = new();
    private readonly MemoryLedger _ledger;

    public LeasedQuotaTests() => _ledger = new(_clock);

    [Fact]
    public async Task Take_UpToTheLimit_CountsDownThenRefusesUntilTheWindowEnds()
    {
        var quota = Quota(4);
        var passed = new List<QuotaTake>();
        for (var i = 0; i < 4; i++) passed.Add(await quota.TakeAsync(1));
        _clock.Advance(TimeSpan.FromSeconds(20));
        var refused = await quota.TakeAsync(1);

        Assert.All(passed, t => Assert.True(t.IsAllowed));
        Assert.Equal([3, 2, 1, 0], passed.Select(t => t.Remaining));
        Assert.False(refused.IsAllowed);
        Assert.Equal((0, TimeSpan.FromSeconds(40)), (refused.Remaining, refused.Reset));
    }

    [Fact]
    public async Task Take_InTheNextWindow_HasTheFullLimitAndNoMore()
    {
        var quota = Quota(4);
        for (var i = 0; i < 5; i++) await quota.TakeAsync(1);
        _clock.Advance(Minute);

        Assert.Equal(4, await TakeAllAsync(quota, 20));
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
        _clock.Advance(Minute);
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
        _clock.Advance(Minute);

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
        _clock.Advance(Minute);
        Assert.Equal(share, await TakeAllAsync(quota, 300));
    }

    [Fact]
    public async Task Ledger_GoneInsideAWindow_LeavesEachGatewayItsShareOfTheRest()
    {
        var (one, other) = (Quota(100, instances: 2), Quota(100, instances: 2));
        var passed = await TakeAllAsync(one, 20) + await TakeAllAsync(other, 20);
        _ledger.IsAway = true;

        passed += await TakeAllAsync(one, 300) + await TakeAllAsync(other, 300);

        Assert.InRange(passed, 90, 110);
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

    /// <summary>Whatever gateways do in whatever order, no window gives out more than the limit, and nearly all of it is had by who asks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task AnyOrderOfEvents_NeverSpendsMoreThanTheLimitInAWindow(int seed)
    {
        var random = new Random(seed);
        const int Limit = 500;
        var gateways = Enumerable.Range(0, 4).Select(_ => Quota(Limit)).ToArray();
        var open = new List<(LeasedQuota Quota, QuotaTake Take, DateTimeOffset Window)>();
        var spent = new Dictionary<DateTimeOffset, long>();
        for (var step = 0; step < 20_000; step++)
        {
            var i = random.Next(gateways.Length);
            switch (random.Next(100))
            {
                case < 70:
                    var units = random.Next(1, 8);
                    if (await gateways[i].TakeAsync(units) is { IsAllowed: true } take) open.Add((gateways[i], take, _clock.GetUtcNow() + take.Reset));
                    break;
                case < 90 when open.Count > 0:
                    var (quota, settled, window) = open[^1];
                    open.RemoveAt(open.Count - 1);
                    var actual = random.Next(0, (int)settled.Units + 1);
                    quota.Settle(settled, actual);
                    Spend(window, actual);
                    break;
                case < 94: await gateways[i].GiveBackAsync(); break;
                case 94 when random.Next(20) == 0: gateways[i] = Quota(Limit); break;
                default: _clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 2000))); break;
            }
        }

        foreach (var (_, take, window) in open) Spend(window, take.Units);
        Assert.True(spent.Count > 10);
        Assert.All(spent.Values, total => Assert.InRange(total, 0, Limit));
        Assert.InRange(spent.Values.Max(), Limit / 2, Limit);

        // A window's end names it alike in every gateway.
        void Spend(DateTimeOffset window, long units) => spent[window] = spent.GetValueOrDefault(window) + units;
    }

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
