using System.Net;
using ModelServer.Models;
using ServiceDefaults.Rollouts;
using Testing;

namespace ModelServer.Tests.Models;

/// <summary>What a server makes of documents that are there, or are not there yet, when it starts.</summary>
public sealed class RolloutStartTests : IAsyncDisposable
{
    private const string Model = FollowedModels.Model;
    private readonly FollowedModels _server = new("1", "2", "3");

    private TestRollouts Rollouts => _server.Rollouts;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Start_OperatorHasChosen_LoadsWhatWasAskedForAndOffersTheRest()
    {
        Rollouts.Change(Model, r => r.Wishing("2", isLoaded: false).Activated("1"));

        await _server.StartAsync();

        Assert.Equal((HttpStatusCode.OK, "1"), await _server.AskAsync());
        await _server.ComesToAsync("1", ModelState.Ready, 0);
        await _server.ComesToAsync("2", ModelState.Unloaded, 1);
        await _server.ComesToAsync("3", ModelState.Unloaded, 0);
        Assert.Null(_server.Catalog.Get(Model, "2")!.Reason);
        Assert.Equal(ModelVersion.Offered, _server.Catalog.Get(Model, "3")!.Reason);
        Assert.Empty(Rollouts.Asked);
    }

    [Fact]
    public async Task Start_NobodyHasChosen_LoadsAllAndObeys()
    {
        Rollouts.Change(Model, r => r with { Active = "2" });

        await _server.StartAsync();

        Assert.All(_server.Catalog.Versions, v => Assert.Equal(ModelState.Ready, v.State));
        Assert.Equal((HttpStatusCode.OK, "2"), await _server.AskAsync());
    }

    [Fact]
    public async Task Start_NothingIsHeard_ServesTheHighestAndObeysLater()
    {
        await using var server = new FollowedModels("1", "2") { Rollouts = new(isThere: false) };
        server.Settings["Rollouts:StartPatience"] = "00:00:00.100";
        await server.StartAsync();
        Assert.Equal((HttpStatusCode.OK, "2"), await server.AskAsync());

        server.Rollouts.Change(Model, r => r.Wishing("2", isLoaded: false).Activated("1"));

        Assert.Equal((HttpStatusCode.OK, "1"), await server.AskAsync());
        await server.ComesToAsync("2", ModelState.Unloaded);
    }

    [Fact]
    public async Task Start_NotHeardYet_LoadsNothingUntilItIs()
    {
        await using var server = new FollowedModels("1", "2") { Rollouts = new(isThere: false) };
        server.Settings["Rollouts:StartPatience"] = "00:01:00";
        _ = server.Host.CreateClient();
        await Eventually.HoldsAsync(() => server.Catalog.Versions.Length == 2);
        Assert.All(server.Catalog.Versions, v => Assert.Equal(ModelState.Loading, v.State));

        server.Rollouts.Activate(Model, "1");
        server.Rollouts.Board.MarkHeard();
        await server.StartAsync();

        Assert.Equal(ModelState.Unloaded, server.Catalog.Get(Model, "2")!.State);
        Assert.Equal((HttpStatusCode.OK, "1"), await server.AskAsync());
    }

    /// <summary>Whatever a server was at when it stopped: it comes to what the document says, and to nothing else.</summary>
    [Fact]
    public async Task Restart_InTheMiddleOfALoad_Converges()
    {
        Rollouts.Activate(Model, "1");
        await _server.StartAsync();
        var order = Rollouts.Change(Model, r => r.Wishing("3", isLoaded: true).Trying("3", TrialStage.Loading)).Revision;
        await Eventually.HoldsAsync(() => _server.Catalog.Get(Model, "3") is { Order: > 0 });
        var stopped = _server.Catalog;

        await _server.StopAsync();
        Assert.All(stopped.Versions, v => Assert.Null(v.Loaded));
        Assert.All(stopped.Versions, v => Assert.True(v.State is ModelState.Unloaded or ModelState.Error, v.State.ToString()));
        var after = Rollouts.Change(Model, r => r.Wishing("2", isLoaded: true).Activated("3") with { Trial = null });
        await _server.StartAsync();

        await _server.ComesToAsync("3", ModelState.Ready, order);
        await _server.ComesToAsync("2", ModelState.Ready, after.Revision);
        await _server.ComesToAsync("1", ModelState.Ready, 0);
        Assert.Equal((HttpStatusCode.OK, "3"), await _server.AskAsync());
    }

    [Fact]
    public async Task Stop_BeforeAnythingIsLoaded_LeavesNoModelBehind()
    {
        await using var server = new FollowedModels("1", "2") { Rollouts = new(isThere: false) };
        server.Settings["Rollouts:StartPatience"] = "00:01:00";
        _ = server.Host.CreateClient();
        await Eventually.HoldsAsync(() => server.Catalog.Versions.Length == 2);
        var catalog = server.Catalog;

        await server.StopAsync().WaitAsync(Eventually.Limit);

        Assert.All(catalog.Versions, v => Assert.Equal(ModelState.Error, v.State));
    }

    /// <summary>Documents are obeyed by their revisions, in whatever order they are heard.</summary>
    [Fact]
    public async Task Hear_DocumentsOutOfOrder_TheLatestIsObeyed()
    {
        await _server.StartAsync();
        var first = new Rollout(Model, 5).Wishing("2", isLoaded: false).Activated("1");
        var last = new Rollout(Model, 6).Wishing("2", isLoaded: true).Wishing("1", isLoaded: false).Activated("3");
        Assert.True(Rollouts.Board.Hear(last));
        Assert.False(Rollouts.Board.Hear(first));

        await _server.ComesToAsync("1", ModelState.Unloaded, 6);
        Assert.Equal((HttpStatusCode.OK, "3"), await _server.AskAsync());
        Assert.Equal(ModelState.Ready, _server.Catalog.Get(Model, "2")!.State);
    }
}
