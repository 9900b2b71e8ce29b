using System.Security.Claims;
using Gateway.Models;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.Models;

public sealed class MergedModelsTests
{
    private static readonly ClaimsPrincipal Anyone = new(new ClaimsIdentity([], "test"));

    [Theory]
    [InlineData("ready", "loading", "ready")]
    [InlineData("error", "ready", "ready")]
    [InlineData("loading", "error", "loading")]
    [InlineData("unloaded", "error", "error")]
    [InlineData("deprecated", "error", "deprecated")]
    [InlineData("unloaded", "unloaded", "unloaded")]
    [InlineData("news", "unloaded", "unloaded")]
    public void Version_OfSeveralReplicas_IsWhatItIsWhereItIsBestOff(string one, string other, string merged)
    {
        foreach (var states in new[] { (one, other), (other, one) })
        {
            var model = Assert.Single(Merge(TestModels.Known(("m:1", states.Item1)), TestModels.Known(("m:1", states.Item2))));

            var version = Assert.Single(model.Versions);
            Assert.Equal(merged, version.State);
            Assert.Equal(merged == "error" ? "There is no tokenizer." : null, version.Reason);
            Assert.Equal(merged == "ready" ? "1" : null, model.ActiveVersion);
            Assert.Equal(merged == "ready" ? "text-classification" : null, model.Task);
        }
    }

    [Fact]
    public void Models_OfSeveralReplicas_AreAllListedInOrder()
    {
        var models = Merge(TestModels.Known(("b:2", "ready"), ("b:10", "loading")), TestModels.Known(("a:1.10", "ready"), ("a:1.2", "ready"), ("b:9", "error")));

        Assert.Equal(["a", "b"], models.Select(m => m.Id));
        Assert.Equal(["1.10", "1.2"], models[0].Versions.Select(v => v.Version));
        Assert.Equal(["10", "9", "2"], models[1].Versions.Select(v => v.Version));
        Assert.Equal("2", models[1].ActiveVersion);
        Assert.Equal(["NO", "YES"], models[1].Versions[2].Labels!);
    }

    [Fact]
    public void Replica_ThatAnswersNoMore_CountsForWhatNobodyElseHas()
    {
        var models = MergedModels.Of([(TestModels.Known(("a:1", "ready"), ("b:1", "ready")), false), (TestModels.Known(("a:1", "loading")), true)], Anyone);

        Assert.Equal([("a", "loading"), ("b", "ready")], models.Select(m => (m.Id, m.Versions[0].State)));
        Assert.Null(models[0].ActiveVersion);
    }

    [Theory]
    [InlineData("2", "2")]
    [InlineData("9", null)]
    [InlineData(null, null)]
    public void ActiveVersion_OfADocument_IsTheListings(string? active, string? listed)
    {
        var rollouts = new Dictionary<string, Rollout> { ["m"] = new("m", 3) { Active = active } };

        var models = MergedModels.Of([(TestModels.Known(("m:1", "ready"), ("m:2", "ready"), ("n:1", "ready")), true)], Anyone, rollouts);

        Assert.Equal(listed, models[0].ActiveVersion);
        Assert.Equal("1", models[1].ActiveVersion);
    }

    [Fact]
    public void Token_ForSomeModels_SeesNoOthers()
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new("models", "a b:2")], "test"));

        var models = MergedModels.Of([(TestModels.Known(("a:1", "ready"), ("b:1", "ready"), ("b:2", "error"), ("c:1", "ready")), true)], user);

        Assert.Equal(["a", "b"], models.Select(m => m.Id));
        Assert.Equal("2", Assert.Single(models[1].Versions).Version);
        Assert.Null(models[1].ActiveVersion);
        Assert.Null(models[1].Task);
    }

    [Fact]
    public void Replica_TalkingNonsense_ListsNothing()
    {
        var known = new KnownModels(new([null, new(null!, "model", 0, "", null, null, []), new("a", "model", 0, "", null, null, null!), new("b", "model", 0, "", null, null, [null!])], [null]));

        Assert.Empty(known.Data);
        Assert.Empty(known.DefaultTasks);
        Assert.Empty(new KnownModels(new(null, null)).Data);
    }

    [Fact]
    public void Version_ReadyWithAWarning_ShowsItInTheMergedList()
    {
        var told = TestModels.Of(("m:1", "ready")).Select(m => m with { Versions = [m.Versions[0] with { Warnings = ["Pools by the mean."] }] });

        var model = Assert.Single(Merge(new KnownModels(new([.. told], [])), TestModels.Known(("m:1", "error"))));

        Assert.Equal(["Pools by the mean."], Assert.Single(model.Versions).Warnings!);
    }

    [Fact]
    public void Version_ThatIsNoNumber_ComesLast()
        => Assert.Equal(["2", "1", "v3"], Assert.Single(Merge(TestModels.Known(("a:v3", "error"), ("a:1", "ready"), ("a:2", "ready")))).Versions.Select(v => v.Version));

    [Fact]
    public void Model_InAFolderTooDeep_IsListedWithItsReason()
    {
        var model = Assert.Single(Merge(TestModels.Known(("org/name:1", "error"))));

        Assert.Equal(("org/name", "There is no tokenizer."), (model.Id, model.Versions[0].Reason));
    }

    private static ModelDescription[] Merge(params KnownModels[] replicas) => MergedModels.Of(replicas.Select(r => (r, true)), Anyone);
}
