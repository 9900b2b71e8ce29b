using Gateway.Rollouts;

namespace Gateway.Tests.Rollouts;

public sealed class RolloutCommandsTests
{
    private const string Both = "1:ready 2:ready";

    /// <summary>Command, document, what two servers report, and what comes of it; <c>=</c> for the same document, a sentence's beginning for a conflict.</summary>
    public static TheoryData<string, string, string, string> Commands => new()
    {
        { "load 2", "1", "1:ready 2:unloaded", "active=1! Load/Loading(2)" },
        { "load 2", "1", Both, "active=1!" },
        { "load 2", "1 loading 2", "1:ready 2:loading", "=" },
        { "load 2", "1 loading 3", "1:ready 2:unloaded 3:loading", "Version 3 is under trial (loading)" },
        { "load 2", "none", "1:ready 2:unloaded", "active=1! Load/Loading(2)" },
        { "load 2", "followed 1", "1:ready 2:unloaded", "active=1! Load/Loading(2)" },
        { "shadow 2", "followed 1", Both, "active=1! Shadow/Shadow(2)" },
        { "load 2", "none", "1:loading 2:unloaded", "active=none Load/Loading(2)" },

        { "activate 2", "1", Both, "active=2! previous=1 Activate/Probation(2)" },
        { "activate 2", "1", "1:ready 2:unloaded", "active=1! Activate/Loading(2)" },
        { "activate 1", "1", Both, "=" },
        { "activate 1", "1 canary 2", Both, "=" },
        { "activate 1", "followed 1", Both, "active=1!" },
        { "activate 2", "1 canary 2", Both, "active=2! previous=1 Activate/Probation(2)" },
        { "activate 2", "1 shadow 2", Both, "active=2! previous=1 Activate/Probation(2)" },
        { "activate 2", "1 loading 2", "1:ready 2:loading", "active=1! Activate/Loading(2)" },
        { "activate 3", "1 canary 2", Both + " 3:ready", "Version 2 is under trial (canary)" },
        { "activate 3", "2 after 1", Both + " 3:ready", "active=3! previous=2 Activate/Probation(3) unloaded=1" },
        { "activate 1", "2 after 1", Both, "active=1! previous=2 Activate/Probation(1)" },
        { "activate 2", "none", Both, "active=2!" },
        { "activate 1", "none", Both, "active=1! previous=2 Activate/Probation(1)" },

        { "canary 2", "1", Both, "active=1! Canary/Canary(2)" },
        { "canary 2", "1", "1:ready 2:unloaded", "active=1! Canary/Loading(2)" },
        { "canary 2", "1 canary 2", Both, "active=1! Canary/Canary(2)" },
        { "canary 2", "1 shadow 2", Both, "active=1! Canary/Canary(2)" },
        { "canary 1", "1", Both, "Version 1 is the active one." },
        { "canary 3", "1 canary 2", Both + " 3:ready", "Version 2 is under trial (canary)" },
        { "canary 2", "none", "1:loading 2:ready", "Version 2 is the active one." },
        { "canary 2", "none", "1:loading 2:loading", "No version is active that version 2 could be tried beside" },
        { "shadow 2", "1", Both, "active=1! Shadow/Shadow(2)" },
        { "shadow 2", "1 shadow 2", Both, "=" },
        { "shadow 2", "1 canary 2", Both, "active=1! Shadow/Shadow(2)" },

        { "rollback", "none", Both, "There is nothing to go back to" },
        { "rollback", "1", Both, "There is nothing to go back to" },
        { "rollback", "1 canary 2", Both, "active=1!" },
        { "rollback", "1 loading 2", Both, "active=1! unloaded=2" },
        { "rollback", "2 probation 1", Both, "active=1! previous=2" },
        { "rollback", "2 after 1", Both, "active=1! previous=2" },
        { "rollback", "2 after 1", "1:loading 2:ready", "active=2! previous=1 Activate/Loading(1)" },

        { "unload 2", "1", Both, "active=1! unloaded=2" },
        { "unload 2", "1", "1:ready 2:unloaded", "=" },
        { "unload 1", "2 after 1", Both, "active=2! unloaded=1" },
        { "unload 1", "1", Both, "Version 1 is the active one" },
        { "unload 2", "1 canary 2", Both, "Version 2 is under trial (canary)" },
        { "unload 2", "1 loading 2", "1:ready 2:loading", "active=1! unloaded=2" },
        { "unload 2", "1", "1:error 2:ready", "Version 2 is the only one that is ready" },
        { "force 2", "1", "1:error 2:ready", "active=1! unloaded=2" },
        { "force 2", "1 canary 2", Both, "active=1! unloaded=2" },
        { "force 1", "1", Both, "active=2! unloaded=1" },
        { "force 2", "2 after 1", Both + " 3:ready", "active=1! unloaded=2" },
        { "force 1", "1", "1:ready 2:error", "active=none! unloaded=1" },
        { "force 2", "2 probation 1", Both, "active=1! unloaded=2" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_OnADocument_MakesTheNextOrSaysWhyNot(string command, string document, string told, string expected)
    {
        var known = Document(document);

        var (next, conflict) = Do(command, known, Told.By(told, told));

        if (expected == "=") Assert.Same(known, next);
        else if (conflict is not null) Assert.StartsWith(expected, conflict, StringComparison.Ordinal);
        else Assert.Equal(expected, Told.Text(next));
        if (conflict is not null || expected == "=") return;
        Assert.Equal((known?.Revision ?? 0) + 1, next!.Revision);
        Assert.Equal(("operator", command.Split(' ')[0].Replace("force", "unload", StringComparison.Ordinal)), (next.History[0].By, next.History[0].Action));
    }

    /// <summary>A client that saw no answer sends it again.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_GivenTwice_ChangesNothingTheSecondTime(string command, string document, string told, string expected)
    {
        // A second rollback goes back again.
        if (command == "rollback" || Do(command, Document(document), Told.By(told, told)).Next is not { } next) return;

        var again = Do(command, next, Told.By(told, told));

        Assert.True(ReferenceEquals(next, again.Next) || again.Conflict is not null, $"{expected} became {Told.Text(again.Next)}");
    }

    [Fact]
    public void Canary_SentAgain_ChangesItsPartAndKeepsItsCounts()
    {
        var known = Document("1 canary 2");

        var next = RolloutCommands.Canary(known, "2", 50, Context(Told.By(Both))).Next!;

        Assert.Equal((known!.Trial!.Id, 50), (next.Trial!.Id, next.Trial.Percent));
        Assert.Same(next, RolloutCommands.Canary(next, "2", 50, Context(Told.By(Both))).Next);
    }

    [Fact]
    public void Load_OfWhatFailedBefore_AsksAnew()
    {
        var known = Told.Chosen("1", wishes: new VersionWish("2", 4, true));

        var next = RolloutCommands.Load(known, "2", Context(Told.By("1:ready 2:error/4"))).Next!;

        Assert.Equal(new VersionWish("2", 11, true), next["2"]);
        Assert.Null(next.Next(Told.By("1:ready 2:error/4")));
        Assert.Equal((11, Told.Now + Told.Policy.LoadPatience), (next.Trial!.Id, next.Trial.Until!.Value));
    }

    /// <summary>Else a rollback right after an activation would load what is loaded.</summary>
    [Fact]
    public void Rollback_RightAfterAnActivation_IsInstant()
    {
        var reports = Told.By(Both, Both);
        var activated = RolloutCommands.Activate(Told.Chosen("1"), "2", Context(reports)).Next!;

        var back = RolloutCommands.Rollback(activated, Context(reports)).Next!;

        Assert.Equal("active=1! previous=2", Told.Text(back));
        Assert.All(back.Wishes, w => Assert.True(w.IsLoaded));
    }

    private static CommandContext Context(ModelReports reports) => new(reports, Told.Now, "operator", Told.Policy);

    private static CommandOutcome Do(string command, Rollout? known, ModelReports reports) => command.Split(' ') switch
    {
        ["load", var version] => RolloutCommands.Load(known, version, Context(reports)),
        ["activate", var version] => RolloutCommands.Activate(known, version, Context(reports)),
        ["canary", var version] => RolloutCommands.Canary(known, version, 25, Context(reports)),
        ["shadow", var version] => RolloutCommands.Shadow(known, version, Context(reports)),
        ["unload", var version] => RolloutCommands.Unload(known, version, force: false, Context(reports)),
        ["force", var version] => RolloutCommands.Unload(known, version, force: true, Context(reports)),
        _ => RolloutCommands.Rollback(known, Context(reports)),
    };

    private static Rollout? Document(string text) => text.Split(' ') switch
    {
        ["none"] => null,
        ["followed", var active] => Told.Chosen(active) with { IsChosen = false },
        [var active] => Told.Chosen(active),
        [var active, "after", var previous] => Told.Chosen(active, previous),
        [var active, "probation", var previous] => Told.Chosen(active, previous, Told.Trial(active, TrialGoal.Activate, TrialStage.Probation, previous, until: TimeSpan.FromMinutes(5))),
        [var active, "loading", var version] => Told.Chosen(active, null, Told.Trial(version, TrialGoal.Load, TrialStage.Loading, active, until: TimeSpan.FromMinutes(10)), new VersionWish(version, 10, true)),
        [var active, "canary", var version] => Told.Chosen(active, null, Told.Trial(version, TrialGoal.Canary, TrialStage.Canary, active, 10)),
        [var active, _, var version] => Told.Chosen(active, null, Told.Trial(version, TrialGoal.Shadow, TrialStage.Shadow, active)),
        _ => throw new ArgumentException(text),
    };
}
