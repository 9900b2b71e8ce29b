using System.Net;
using System.Security.Claims;
using ModelServer.Classify;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Models;

public sealed class RolloutFollowerTests : IAsyncDisposable
{
    private const string Model = FollowedModels.Model;
    private readonly FollowedModels _server = new("1", "2");

    private TestRollouts Rollouts => _server.Rollouts;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Load_FolderDroppedLater_IsReadyBesideTheOthersAndAnswersOnceActive()
    {
        await _server.StartAsync();
        Rollouts.Activate(Model, "1");
        _server.Folder.CopySmall("tiny-multilabel", Model, "3");

        var order = Rollouts.Load(Model, "3").Revision;
        await _server.ComesToAsync("3", ModelState.Ready, order);
        Assert.Equal((HttpStatusCode.OK, "1"), await _server.AskAsync());
        Assert.Equal((HttpStatusCode.OK, "3"), await _server.AskAsync("a:3"));

        Rollouts.Activate(Model, "3");
        Assert.Equal((HttpStatusCode.OK, "3"), await _server.AskAsync());
        Rollouts.Activate(Model, "1");
        Assert.Equal((HttpStatusCode.OK, "1"), await _server.AskAsync());
    }

    [Fact]
    public async Task Activate_VersionThatIsNotLoaded_LoadsItByItself()
    {
        await _server.StartAsync();
        Rollouts.Unload(Model, "2");
        await _server.ComesToAsync("2", ModelState.Unloaded);

        // A gateway would load it first; a server that missed that converges all the same.
        Rollouts.Change(Model, r => r.Activated("2") with { Wishes = [] });
        await _server.ComesToAsync("2", ModelState.Ready);

        Assert.Equal((HttpStatusCode.OK, "2"), await _server.AskAsync());
    }

    [Fact]
    public async Task Unload_ActiveVersion_AnswersNothingElseInItsPlace()
    {
        await _server.StartAsync();
        Rollouts.Activate(Model, "2");

        var order = Rollouts.Unload(Model, "2").Revision;
        await _server.ComesToAsync("2", ModelState.Unloaded, order);

        var (status, text) = await _server.AskAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("model_not_ready", text, StringComparison.Ordinal);
        Assert.Contains("unloaded", text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "1"), await _server.AskAsync("a:1"));
    }

    [Fact]
    public async Task Unload_VersionInUse_DrainsAndFreesItAfterTheLastLease()
    {
        await _server.StartAsync();
        Rollouts.Activate(Model, "1");
        var (first, second) = (Hold("a:2"), Hold("a:2"));

        Rollouts.Unload(Model, "2");
        await _server.ComesToAsync("2", ModelState.Deprecated);
        Assert.Equal(2, (await _server.ReportAsync("2")).GetProperty("leases").GetInt32());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _server.AskAsync("a:2")).Status);
        first.Dispose();
        first.Dispose();
        Assert.Equal(ModelState.Deprecated, second.Version.State);
        Assert.NotNull(second.Version.Loaded);
        second.Dispose();

        await _server.ComesToAsync("2", ModelState.Unloaded);
        Assert.Null(second.Version.Loaded);
    }

    [Fact]
    public async Task Load_DrainingVersion_KeepsIt()
    {
        await _server.StartAsync();
        Rollouts.Activate(Model, "1");
        using var lease = Hold("a:2");
        Rollouts.Unload(Model, "2");
        await _server.ComesToAsync("2", ModelState.Deprecated);

        var order = Rollouts.Load(Model, "2").Revision;
        await _server.ComesToAsync("2", ModelState.Ready, order);

        using var again = Hold("a:2");
        Assert.Same(lease.Loaded, again.Loaded);
    }

    [Fact]
    public async Task Load_VersionInError_IsTriedAgainOnlyUnderAHigherOrder()
    {
        var folder = _server.Folder.CopySmall("tiny-multilabel", Model, "3");
        var graph = Path.Combine(folder, "model.onnx");
        var good = File.ReadAllBytes(graph);
        File.WriteAllText(graph, "not a graph");
        await _server.StartAsync();
        var first = Rollouts.Load(Model, "3").Revision;
        await _server.ComesToAsync("3", ModelState.Error, first);
        var failed = _server.Catalog.Get(Model, "3");

        File.WriteAllBytes(graph, good);
        Rollouts.Activate(Model, "1");
        Rollouts.Activate(Model, "2");
        // The loop has looked again since: it has done what came later.
        var marker = Rollouts.Unload(Model, "1").Revision;
        await _server.ComesToAsync("1", ModelState.Unloaded, marker);
        Assert.Same(failed, _server.Catalog.Get(Model, "3"));
        var report = await _server.ReportAsync("3");
        Assert.Equal(("error", first), (report.GetProperty("state").GetString(), report.GetProperty("order").GetInt64()));

        var second = Rollouts.Load(Model, "3").Revision;
        await _server.ComesToAsync("3", ModelState.Ready, second);
    }

    [Fact]
    public async Task Load_NoFolder_IsAnErrorWithAReasonUntilNobodyWantsIt()
    {
        await _server.StartAsync();
        Rollouts.Activate(Model, "1");

        var order = Rollouts.Load(Model, "9").Revision;
        await _server.ComesToAsync("9", ModelState.Error, order);
        Assert.Contains("folder", (await _server.ReportAsync("9")).GetProperty("reason").GetString(), StringComparison.Ordinal);

        Rollouts.Unload(Model, "9");
        await Eventually.HoldsAsync(() => _server.Catalog.Get(Model, "9") is null);
        Assert.Equal(HttpStatusCode.OK, (await _server.AskAsync()).Status);
    }

    [Theory]
    [InlineData("../secret", "1")]
    [InlineData("a", "../../secret/1")]
    [InlineData("a", "1/../1")]
    [InlineData("a", "./1")]
    [InlineData("a", "1\n")]
    public async Task Load_PathTricks_FindNothing(string name, string version)
    {
        _server.Folder.CopySmall("tiny-multilabel", "secret");
        await _server.StartAsync();

        Rollouts.Load(name, version);
        var order = Rollouts.Load(Model, "2").Revision;
        await _server.ComesToAsync("2", ModelState.Ready, order);

        Assert.Equal(["a:2", "a:1", "secret:1"], _server.Catalog.Versions.Select(v => v.Reference));
    }

    [Fact]
    public async Task Load_LeaseIsTaken_WaitsUntilItIsFree()
    {
        await _server.StartAsync();
        _server.Folder.CopySmall("tiny-multilabel", Model, "3");
        _server.Folder.CopySmall("tiny-multilabel", "b", "1");
        var others = Rollouts.TryLease(Model)!;

        Rollouts.Load(Model, "3");
        var asked = Rollouts.Asked.Count;
        await Eventually.HoldsAsync(() => Rollouts.Asked.Count >= asked + 3);
        Assert.Null(_server.Catalog.Get(Model, "3"));
        // One model's lease does not hold up another model.
        Rollouts.Load("b", "1");
        await Eventually.HoldsAsync(() => _server.Catalog.Get("b", "1")?.State == ModelState.Ready);
        Assert.Null(_server.Catalog.Get(Model, "3"));

        await others.DisposeAsync();
        await _server.ComesToAsync("3", ModelState.Ready);
        await Eventually.HoldsAsync(async () =>
        {
            // Given back once it is loaded.
            if (Rollouts.TryLease(Model) is not { } free) return false;
            await free.DisposeAsync();
            return true;
        });
    }

    [Fact]
    public async Task Load_NotWantedAnyMoreWhenTheLeaseIsHad_IsNotBegun()
    {
        await _server.StartAsync();
        _server.Folder.CopySmall("tiny-multilabel", Model, "3");
        var others = Rollouts.TryLease(Model)!;
        Rollouts.Load(Model, "3");
        Rollouts.Unload(Model, "3");
        await others.DisposeAsync();

        var order = Rollouts.Load(Model, "2").Revision;
        await _server.ComesToAsync("2", ModelState.Ready, order);

        Assert.Null(_server.Catalog.Get(Model, "3"));
    }

    private ModelLease<LoadedModel> Hold(string reference) => _server.Catalog.Acquire<LoadedModel>(reference, ClassificationTask.Id, new ClaimsPrincipal());
}
