namespace Gateway.Tests.Rollouts;

public sealed class RolloutPlannerTests
{
    [Theory]
    [InlineData("1:ready 2:ready", "1:ready 2:ready", "active=2")]
    [InlineData("1:ready 2:ready 10:ready", "1:ready 2:ready 10:ready", "active=10")]
    [InlineData("1:ready 2:error", "1:ready 2:error", "active=1")]
    [InlineData("1:ready 2:ready", "1:ready 2:error", "active=1")]
    [InlineData("1:ready 2:unloaded", "1:ready 2:unloaded", "active=1")]
    [InlineData("1:ready 2:ready", "1:ready", "active=1")]
    [InlineData("1:ready 2:loading", "1:ready 2:ready", "-")]
    [InlineData("1:ready 2:unloaded", "1:ready 2:ready", "-")]
    [InlineData("1:loading", "1:loading", "-")]
    [InlineData("1:error", "1:error", "-")]
    [InlineData("1:ready", "2:ready", "-")]
    public void Document_ThatIsNotThere_BeginsWhenNothingIsOnItsWay(string one, string other, string expected)
    {
        var next = ((Rollout?)null).Next(Told.By(one, other));

        Assert.Equal(expected, Told.Text(next));
        Assert.True(next is null or { Revision: 1, IsChosen: false, Trial: null });
    }

    [Fact]
    public void Nothing_Moves_WhileNoServerIsReached()
    {
        Assert.Null(((Rollout?)null).Next(Told.By()));
        Assert.Null(Told.Chosen("1", trial: Told.Trial("2", TrialGoal.Load, TrialStage.Loading, until: TimeSpan.Zero)).Next(Told.By(), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void HigherVersion_WhereNoneWasChosen_BecomesActiveOnProbation()
    {
        var followed = Told.Chosen("1") with { IsChosen = false };

        var next = followed.Next(Told.By("1:ready 2:ready", "1:ready 2:ready"))!;

        Assert.Equal("active=2 previous=1 Activate/Probation(2)", Told.Text(next));
        Assert.Equal(("1", 11, Told.Now + Told.Policy.Probation), (next.Trial!.Baseline, next.Trial.Id, next.Trial.Until!.Value));
        Assert.Equal(("activate", null, "2"), (next.History[0].Action, next.History[0].By, next.History[0].Version));
        Assert.Null(followed.Next(Told.By("1:ready 2:ready", "1:ready 2:loading")));
        Assert.Null(Told.Chosen("1").Next(Told.By("1:ready 2:ready", "1:ready 2:ready")));
        Assert.Null((followed with { Wishes = [new("2", 5, false)] }).Next(Told.By("1:ready 2:ready", "1:ready 2:ready")));
    }

    [Theory]
    [InlineData(TrialGoal.Load, "active=1!", "completed")]
    [InlineData(TrialGoal.Activate, "active=2! previous=1 Activate/Probation(2)", null)]
    [InlineData(TrialGoal.Canary, "active=1! Canary/Canary(2)", null)]
    [InlineData(TrialGoal.Shadow, "active=1! Shadow/Shadow(2)", null)]
    public void Loading_ThatIsDoneEverywhere_GoesOnByItsGoal(object goal, string expected, string? happened)
    {
        var loading = Told.Chosen("1", trial: Told.Trial("2", (TrialGoal)goal, TrialStage.Loading, percent: 25, until: TimeSpan.FromMinutes(10)), wishes: new VersionWish("2", 10, true));

        Assert.Null(loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:loading/10")));
        Assert.Null(loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:ready/9")));
        Assert.Null(loading.Next(Told.By("1:ready 2:ready/10", "1:ready")));
        var next = loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:ready/10"), TimeSpan.FromMinutes(1))!;

        Assert.Equal(expected, Told.Text(next));
        Assert.Equal(happened, next.History.FirstOrDefault()?.Action);
        if (next.Trial is null) return;
        Assert.Equal((10, Told.Now.AddMinutes(1)), (next.Trial.Id, next.Trial.Since));
        Assert.Equal(next.Trial.Stage == TrialStage.Canary ? 25 : 0, next.Trial.Stage == TrialStage.Canary ? next.Trial.Percent : 0);
    }

    [Fact]
    public void Loading_ThatFailsAnywhere_IsGivenUpAndFreed()
    {
        var loading = Told.Chosen("1", trial: Told.Trial("2", TrialGoal.Activate, TrialStage.Loading, until: TimeSpan.FromMinutes(10)), wishes: new VersionWish("2", 10, true));

        Assert.Null(loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:error/9")));
        var next = loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:error/10"))!;

        Assert.Equal("active=1! unloaded=2", Told.Text(next));
        Assert.Equal(("failed", "modelserver-2 could not load version 2: It is broken."), (next.History[0].Action, next.History[0].Reason));
        Assert.Equal(11, next["2"]!.Order);
    }

    [Fact]
    public void Loading_ThatTakesTooLong_FailsWithWhatWasWaitedFor()
    {
        var loading = Told.Chosen("1", trial: Told.Trial("2", TrialGoal.Load, TrialStage.Loading, until: TimeSpan.FromMinutes(10)), wishes: new VersionWish("2", 10, true));

        var next = loading.Next(Told.By("1:ready 2:ready/10", "1:ready 2:loading/10", "1:ready"), TimeSpan.FromMinutes(10))!;

        Assert.Equal("active=1! unloaded=2", Told.Text(next));
        Assert.Equal("Version 2 was not ready in time: modelserver-2 has it loading, modelserver-3 has it nowhere.", next.History[0].Reason);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public void Loading_OfWhatCallersNeed_IsNotFreedWhenItFails(string version)
    {
        var loading = Told.Chosen("1", "0", Told.Trial(version, TrialGoal.Load, TrialStage.Loading, until: TimeSpan.FromMinutes(10)));

        Assert.Equal("active=1! previous=0", Told.Text(loading.Next(Told.By("0:error/10 1:error/10", "0:ready 1:ready"))));
    }

    [Fact]
    public void ThirdVersion_ThatBecomesActive_FreesTheFirst()
    {
        var loading = Told.Chosen("2", "1", Told.Trial("3", TrialGoal.Activate, TrialStage.Loading, "2"));

        var next = loading.Next(Told.By("1:ready 2:ready 3:ready"))!;

        Assert.Equal("active=3! previous=2 Activate/Probation(3) unloaded=1", Told.Text(next));
    }

    [Fact]
    public void Probation_ThatWentWell_Completes()
    {
        var watched = Told.Chosen("2", "1", Told.Trial("2", TrialGoal.Activate, TrialStage.Probation, until: TimeSpan.FromMinutes(5)));
        var reports = Told.By("1:ready 2:ready").Counting("2", Told.Counts(10, 1000, 1)).Counting("1", Told.Counts(0, 1000, 1));

        Assert.Null(watched.Next(reports));
        var next = watched.Next(reports, TimeSpan.FromMinutes(5))!;

        Assert.Equal("active=2! previous=1", Told.Text(next));
        Assert.Equal("completed", next.History[0].Action);
    }

    [Theory]
    [InlineData(TrialStage.Probation, "active=1! unloaded=2")]
    [InlineData(TrialStage.Canary, "active=1! unloaded=2")]
    [InlineData(TrialStage.Shadow, "active=1! unloaded=2")]
    public void Trial_ThatFailsRequests_IsTakenBackWithTheNumbers(object stage, string expected)
    {
        var tried = Trying((TrialStage)stage);
        var reports = Told.By("1:ready 2:ready", "1:ready 2:ready").Counting("1", Told.Counts(0, 4000, 4))
            .Counting("2", Told.Counts(10, 30, 3), replica: 0).Counting("2", Told.Counts(10, 30, 5), replica: 1);

        var next = tried.Next(reports)!;

        Assert.Equal(expected, Told.Text(next));
        Assert.Equal(("automatic_rollback", "2", null), (next.History[0].Action, next.History[0].Version, next.History[0].By));
        Assert.Equal("Version 2 failed 8 of 60 requests (13.33 %), version 1 4 of 4000 (0.1 %).", next.History[0].Reason);
    }

    [Theory]
    [InlineData(TrialStage.Probation)]
    [InlineData(TrialStage.Canary)]
    public void Trial_ThatBreaksWhileServing_IsTakenBackAtOnce(object stage)
    {
        var next = Trying((TrialStage)stage).Next(Told.By("1:ready 2:ready", "1:ready 2:error"))!;

        Assert.Equal("active=1! unloaded=2", Told.Text(next));
        Assert.Equal("Version 2 broke on modelserver-2: It is broken.", next.History[0].Reason);
    }

    [Fact]
    public void Trial_CountedUnderAnotherNumber_SaysNothing()
        => Assert.Null(Trying(TrialStage.Canary).Next(Told.By("1:ready 2:ready").Counting("2", Told.Counts(9, 100, 100))));

    [Fact]
    public void Probation_WithNothingToGoBackTo_GoesOn()
        => Assert.Null(Trying(TrialStage.Probation).Next(Told.By("1:unloaded 2:error", "1:error 2:ready")));

    [Fact]
    public void ActiveVersion_ThatFailedEverywhere_GivesWayToThePrevious()
    {
        var settled = Told.Chosen("2", "1");

        Assert.Null(settled.Next(Told.By("1:ready 2:error", "1:ready 2:ready")));
        Assert.Null(settled.Next(Told.By("1:ready 2:error", "1:ready 2:loading")));
        Assert.Null(settled.Next(Told.By("1:unloaded 2:error", "1:error 2:error")));
        Assert.Null((settled with { Previous = null }).Next(Told.By("1:unloaded 2:error")));
        var next = settled.Next(Told.By("1:ready 2:error", "1:loading 2:error"))!;

        Assert.Equal("active=1! unloaded=2", Told.Text(next));
        Assert.Equal("automatic_rollback", next.History[0].Action);
    }

    [Theory]
    [InlineData(false, "active=2 unloaded=9")]
    [InlineData(true, "active=2! unloaded=9")]
    public void ActiveVersion_ThatNobodyHas_GivesWayToTheHighest(bool isChosen, string becomes)
        => Assert.Equal(becomes, Told.Text((Told.Chosen("9") with { IsChosen = isChosen }).Next(Told.By("1:ready 2:ready", "1:ready 2:ready"))));

    [Fact]
    public void ActiveVersion_ThatFailedEverywhereWithoutAPrevious_GivesWayToTheHighest()
        => Assert.Equal("active=1! unloaded=2", Told.Text(Told.Chosen("2").Next(Told.By("1:ready 2:error", "1:ready 2:error"))));

    [Fact]
    public void Canary_BesideAVersionThatFailedEverywhere_GoesOnBesideThePrevious()
    {
        var tried = Told.Chosen("2", "1", Told.Trial("3", TrialGoal.Canary, TrialStage.Canary, "2", 10));

        var next = tried.Next(Told.By("1:ready 2:error 3:ready"))!;

        Assert.Equal("active=1! Canary/Canary(3) unloaded=2", Told.Text(next));
        Assert.Equal("1", next.Trial!.Baseline);
    }

    [Fact]
    public void History_IsNeverLongerThanTwenty()
    {
        var rollout = Told.Chosen("1") with { History = [.. Enumerable.Range(0, 20).Select(i => new RolloutEvent(Told.Now, null, "load", $"{i}", null))] };

        var next = (rollout with { IsChosen = false }).Next(Told.By("1:ready 2:ready"))!;

        Assert.Equal((20, "activate", "18"), (next.History.Length, next.History[0].Action, next.History[^1].Version));
    }

    private static Rollout Trying(TrialStage stage) => stage == TrialStage.Probation
        ? Told.Chosen("2", "1", Told.Trial("2", TrialGoal.Activate, stage, until: TimeSpan.FromMinutes(5)))
        : Told.Chosen("1", trial: Told.Trial("2", stage == TrialStage.Canary ? TrialGoal.Canary : TrialGoal.Shadow, stage, percent: 10));
}
