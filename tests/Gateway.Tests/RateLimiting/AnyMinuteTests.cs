using Gateway.RateLimiting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

public sealed class AnyMinuteTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ManualTimeProvider _clock = new();

    /// <summary>Whatever gateways do in whatever order, no minute, wherever it begins, sees more than the limit, and nearly all of it is had by who asks.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task AnyOrderOfEvents_NeverSpendsMoreThanTheLimitInAnyMinute(int seed)
    {
        var random = new Random(seed);
        const int Limit = 500;
        var ledger = new MemoryLedger(_clock);
        var gateways = Enumerable.Range(0, 4).Select(_ => NewGateway()).ToArray();
        var open = new List<(LeasedQuota Quota, QuotaTake Take)>();
        var spent = new List<(DateTimeOffset At, long Units)>();
        for (var step = 0; step < 20_000; step++)
        {
            var i = random.Next(gateways.Length);
            switch (random.Next(100))
            {
                case < 70:
                    var units = random.Next(1, 8);
                    if (await gateways[i].TakeAsync(units) is { IsAllowed: true } take) open.Add((gateways[i], take));
                    break;
                case < 90 when open.Count > 0:
                    // Most settle at once, some much later.
                    var at = random.Next(10) == 0 ? random.Next(open.Count) : open.Count - 1;
                    var (quota, settled) = open[at];
                    open.RemoveAt(at);
                    var actual = random.Next(0, (int)settled.Units + 1);
                    quota.Settle(settled, actual);
                    Spend(settled, actual);
                    break;
                case < 94: await gateways[i].GiveBackAsync(); break;
                case 94 when random.Next(20) == 0: gateways[i] = NewGateway(); break;
                default: _clock.Advance(TimeSpan.FromMilliseconds(random.Next(1, 2000))); break;
            }
        }

        foreach (var (_, take) in open) Spend(take, take.Units);
        var minutes = InEachMinute([.. spent.OrderBy(s => s.At)]).ToArray();
        Assert.True(spent[^1].At - spent[0].At > 10 * Minute);
        Assert.All(minutes, total => Assert.InRange(total, 0, Limit));
        Assert.InRange(minutes.Max(), Limit * 3 / 4, Limit);

        LeasedQuota NewGateway() => new("k", new(QuotaKind.TokensPerMinute, Limit, Minute), ledger, new(Options.Create(new RateLimitingOptions())), _clock);
        void Spend(QuotaTake take, long units) => spent.Add((new(take.At.Ticks, TimeSpan.Zero), units));
    }

    /// <summary>What was spent in the minute that ends with each.</summary>
    private static IEnumerable<long> InEachMinute((DateTimeOffset At, long Units)[] spent)
    {
        long total = 0;
        var first = 0;
        foreach (var (at, units) in spent)
        {
            total += units;
            while (spent[first].At <= at - Minute) total -= spent[first++].Units;
            yield return total;
        }
    }
}
