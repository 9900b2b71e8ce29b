using Gateway.Proxy;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class RetryBudgetTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(0.1, 1000, 100)]
    [InlineData(0.2, 50, 10)]
    [InlineData(0.1, 9, 0)]
    [InlineData(0, 1000, 0)]
    public void Retries_WithoutFloor_AreAPartOfRequests(double ratio, int requests, int retries)
    {
        var budget = Create(ratio, floor: 0);
        for (var i = 0; i < requests; i++) budget.Earn();

        Assert.Equal(retries, Spend(budget));
    }

    [Fact]
    public void Retries_SavedUp_AreBounded()
    {
        var budget = Create(1, floor: 0);
        for (var i = 0; i < 5 * RetryBudget.MaxSaved; i++) budget.Earn();

        Assert.Equal(RetryBudget.MaxSaved, Spend(budget));
    }

    [Fact]
    public void Floor_WithoutTraffic_GivesSoManyASecondSavedUpForThree()
    {
        var budget = Create(0.1, floor: 10);

        Assert.Equal(10 * RetryBudget.FloorSeconds, Spend(budget));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Spend(budget));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10 * RetryBudget.FloorSeconds, Spend(budget));
    }

    [Fact]
    public void Budget_UnderManyThreads_GivesOutNoMoreThanItHas()
    {
        var budget = Create(0.1, floor: 10);
        Parallel.For(0, 10_000, _ => budget.Earn());
        var spent = 0;

        Parallel.For(0, 5000, _ =>
        {
            if (budget.TrySpend()) Interlocked.Increment(ref spent);
        });

        Assert.Equal(1000 + (10 * RetryBudget.FloorSeconds), spent);
    }

    private RetryBudget Create(double ratio, int floor) => new(Options.Create(new ProxyOptions { RetryRatio = ratio, RetryFloor = floor }), _clock);

    private static int Spend(RetryBudget budget)
    {
        var spent = 0;
        while (budget.TrySpend()) spent++;
        return spent;
    }
}
