using ModelServer.Models;
using ServiceDefaults.Rollouts;

namespace ModelServer.Tests.Models;

public class VersionWishesTests
{
    private static readonly Rollout Document = new("a", 9)
    {
        Active = "2",
        Previous = "1",
        Trial = new(9, "3", TrialGoal.Activate, TrialStage.Loading, "2", 0, default, null),
        Wishes = [new("5", 4, IsLoaded: true), new("1", 8, IsLoaded: false), new("3", 9, IsLoaded: true)],
    };

    [Fact]
    public void Of_Document_ActiveThenTrialThenPreviousThenOthers()
        => Assert.Equal([new("2", 0, true), new("3", 9, true), new("1", 8, false), new VersionWish("5", 4, true)], VersionWishes.Of(Document));

    [Fact]
    public void Of_EmptyDocument_WantsNothing() => Assert.Empty(VersionWishes.Of(new Rollout("a", 1)));

    [Theory]
    [InlineData("2", false, true)]
    [InlineData("1", false, false)]
    [InlineData("5", false, true)]
    [InlineData("7", false, true)]
    [InlineData("7", true, false)]
    [InlineData("5", true, true)]
    public void IsWantedAtStart_Version_WhatNobodyNamedOnlyWhereNobodyChose(string version, bool isChosen, bool wanted)
        => Assert.Equal(wanted, VersionWishes.IsWantedAtStart(Document with { IsChosen = isChosen }, version));

    [Fact]
    public void IsWantedAtStart_NoDocument_Everything() => Assert.True(VersionWishes.IsWantedAtStart(null, "1"));
}
