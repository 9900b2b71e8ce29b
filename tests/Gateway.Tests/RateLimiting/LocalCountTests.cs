using Gateway.RateLimiting;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.RateLimiting;

public sealed class LocalCountTests
{
    private static readonly QuotaRule Rule = new(QuotaKind.Requests, 100, TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(1, 0, 100, 100)]
    [InlineData(4, 0, 25, 25)]
    [InlineData(4, 0, 26, 0)]
    [InlineData(4, 80, 5, 5)]
    [InlineData(4, 80, 6, 0)]
    [InlineData(1000, 0, 1, 1)]
    public void Draw_OfUnits_GrantsTheShareOfWhatWasLeft(int instances, long used, long units, long granted)
    {
        var local = Create(instances);

        Assert.Equal(granted, local.Draw(new(units, units), used, default).Granted);
        Assert.Equal(granted, local.Debt);
    }

    [Fact]
    public void Refund_OfUnits_FreesThemAndLowersTheDebt()
    {
        var local = Create(instances: 1);
        var grant = local.Draw(new(100, 100), 0, default);

        local.Refund(grant.Slice, 30, default);

        Assert.Equal(70, local.Debt);
        Assert.Equal(30, local.Draw(new(30, 30), 0, default).Granted);
    }

    [Fact]
    public void Charge_OfUnits_CountsAgainstTheShareAndTheDebt()
    {
        var local = Create(instances: 1);
        local.Draw(new(50, 50), 0, default);

        local.Charge(30, default);

        Assert.Equal(80, local.Debt);
        Assert.Equal(0, local.Draw(new(21, 21), 0, default).Granted);
    }

    [Fact]
    public void End_WithWhatTheLedgerWasTold_KeepsTheRestOfTheDebtAlone()
    {
        var local = Create(instances: 1);
        var grant = local.Draw(new(50, 50), 0, default);
        local.Charge(5, default);

        local.End(told: 50);
        local.Refund(grant.Slice, 30, default);

        Assert.Equal(5, local.Debt);
        Assert.Equal(100, local.Draw(new(100, 100), 0, default).Granted);
    }

    private static LocalCount Create(int instances) => new(Rule, new(Options.Create(new RateLimitingOptions { Instances = instances })));
}
