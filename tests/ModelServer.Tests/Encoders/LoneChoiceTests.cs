using ModelServer.Encoders;

namespace ModelServer.Tests.Encoders;

public class LoneChoiceTests
{
    private const int Trial = 18;

    [Fact]
    public void TakesAll_WhileNothingIsKnown_TakesTurns()
    {
        var choice = new LoneChoice(overhead: 12);

        var taken = Run(choice, Trial, all: 1, one: 1);

        Assert.Equal(Enumerable.Range(0, Trial).Select(i => i % 2 == 0), taken);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(10, 10.8, false)]
    [InlineData(10, 11.2, true)]
    [InlineData(3, 1, false)]
    public void TakesAll_AfterATrial_IfItPays(double all, double one, bool expected)
    {
        var choice = new LoneChoice(overhead: 12);
        Run(choice, Trial, all, one);

        Assert.All(Run(choice, 100, all, one), taken => Assert.Equal(expected, taken));
    }

    /// <summary>What runs take grows with their tokens, and something is the same for all.</summary>
    [Fact]
    public void TakesAll_RunsOfDifferentLengths_AreCompared()
    {
        var choice = new LoneChoice(overhead: 12);
        for (var i = 0; i < Trial; i++)
        {
            var (tokens, pace) = choice.TakesAll ? (200, 1.0) : (10, 1.5);
            choice.Ran(tokens, TimeSpan.FromMilliseconds((tokens + 12) * pace));
        }

        Assert.True(choice.TakesAll);
    }

    /// <summary>A pause of the machine is not taken for what a run needs.</summary>
    [Fact]
    public void TakesAll_FewSlowRuns_DecideNothing()
    {
        var choice = new LoneChoice(overhead: 12);
        for (var i = 0; i < Trial; i++) choice.Ran(20, TimeSpan.FromMilliseconds(i is 0 or 4 or 8 ? 500 : choice.TakesAll ? 1 : 2));

        Assert.True(choice.TakesAll);
    }

    [Fact]
    public void TakesAll_WhatElseRunsHasChanged_IsFoundOutAndTriedAgainSoon()
    {
        var choice = new LoneChoice(overhead: 12);
        Run(choice, Trial + 100, all: 1, one: 2);

        var trial = Run(choice, Trial, all: 3, one: 2);
        var after = Run(choice, 100, all: 3, one: 2);
        var next = Run(choice, Trial, all: 1, one: 2);

        Assert.Contains(true, trial);
        Assert.DoesNotContain(true, after);
        Assert.Contains(true, next);
        Assert.All(Run(choice, 100, all: 1, one: 2), Assert.True);
    }

    [Fact]
    public void TakesAll_WhereThatIsExpected_IsTriedLater()
    {
        var choice = new LoneChoice(overhead: 12, expectsAll: true);

        Assert.All(Run(choice, 1_000, all: 2, one: 1), Assert.True);
        Run(choice, Trial, all: 2, one: 1);
        Assert.False(choice.TakesAll);
    }

    [Fact]
    public void TakesAll_TrialsThatAgree_ComeLessAndLessOften()
    {
        var choice = new LoneChoice(overhead: 12);

        // The first decision changes what was chosen before anything was known; from the second on the distance doubles: 100, 200, 400, ... 6,400, 10,000, 10,000.
        var taken = Run(choice, 50_000, all: 1, one: 2);

        Assert.InRange(taken.Count(all => !all), 8 * 9, 12 * 9);
    }

    private static bool[] Run(LoneChoice choice, int runs, double all, double one) => [.. Enumerable.Range(0, runs).Select(_ =>
    {
        var takesAll = choice.TakesAll;
        choice.Ran(20, TimeSpan.FromMilliseconds(takesAll ? all : one));
        return takesAll;
    })];
}
