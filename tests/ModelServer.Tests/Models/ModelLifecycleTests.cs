using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Admission;
using ModelServer.Classify;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ModelServer.Tests.Administration;
using Testing;

namespace ModelServer.Tests.Models;

public sealed class ModelLifecycleTests : IDisposable
{
    private const int Clients = 16;
    private const int Cycles = 20;
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Versions_ChangingUnderLoad_FailNoRequest()
    {
        _models.CopySentiment("sentiment", "1");
        _models.CopySentiment("sentiment", "2");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);
        using var stop = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<string, int>();
        var load = Enumerable.Range(0, Clients).Select(i => Task.Run(() => HammerAsync(client, i % 4 == 0 ? null : "sentiment", answers, stop.Token))).ToArray();

        for (var i = 0; i < Cycles; i++)
        {
            await AdminClient.OkAsync(admin.ActivateAsync("sentiment", "1"));
            await AdminClient.OkAsync(admin.UnloadAsync("sentiment", "2"));
            await AdminClient.OkAsync(admin.RollbackAsync("sentiment"));
            await AdminClient.OkAsync(admin.UnloadAsync("sentiment", "1"));
            await AdminClient.OkAsync(admin.LoadAsync("sentiment", "1"));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/ready")).StatusCode);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(["OK 1", "OK 2"], answers.Keys.Order());
        Assert.All(answers.Values, count => Assert.True(count >= Cycles));
    }

    [Fact]
    public async Task Unload_VersionInUse_FreesItAfterTheLastLease()
    {
        _models.CopySentiment("sentiment", "1");
        _models.CopySentiment("sentiment", "2");
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:DrainTimeout"] = "00:00:00.050" });
        await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        var (first, second) = (catalog.Acquire<LoadedModel>("sentiment:2", ClassificationTask.Id, new ClaimsPrincipal()), catalog.Acquire<LoadedModel>("sentiment", ClassificationTask.Id, new ClaimsPrincipal()));

        using var response = await admin.UnloadAsync("sentiment", "2");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var draining = await admin.VersionAsync("sentiment", "2");
        Assert.Equal("deprecated", draining.GetProperty("state").GetString());
        Assert.Equal(2, draining.GetProperty("leases").GetInt32());

        first.Dispose();
        first.Dispose();
        await RunAsync(second.Loaded);
        Assert.Equal(ModelState.Deprecated, second.Version.State);
        var drained = second.Version.Drain();
        second.Dispose();
        await drained.WaitAsync(Eventually.Limit);

        Assert.Equal(ModelState.Unloaded, second.Version.State);
        await Assert.ThrowsAsync<ModelNotReadyException>(() => RunAsync(second.Loaded));
    }

    [Fact]
    public async Task Unload_DuringARun_LetsItsRequestsFinish()
    {
        _models.CopySentiment("sentiment", "1");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);
        var long512 = string.Join(' ', Enumerable.Repeat("wonderful", 600));
        var slow = client.PostAsJsonAsync("/v1/classify", new { model = "sentiment", input = Enumerable.Repeat(long512, 64), truncate = true });
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        await Eventually.HoldsAsync(() => catalog.Versions[0].Leases > 0);

        await AdminClient.OkAsync(admin.UnloadAsync("sentiment", "1", force: true));

        Assert.Equal(ModelState.Unloaded, catalog.Versions[0].State);
        using var response = await slow;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Load_DrainingVersion_KeepsIt()
    {
        _models.CopySentiment("sentiment", "1");
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:DrainTimeout"] = "00:00:00" });
        await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        using var lease = catalog.Acquire<LoadedModel>("sentiment", ClassificationTask.Id, new ClaimsPrincipal());
        using var unload = await admin.UnloadAsync("sentiment", "1", force: true);
        Assert.Equal(HttpStatusCode.Accepted, unload.StatusCode);

        await AdminClient.OkAsync(admin.LoadAsync("sentiment", "1"));

        using var again = catalog.Acquire<LoadedModel>("sentiment", ClassificationTask.Id, new ClaimsPrincipal());
        Assert.Same(lease.Loaded, again.Loaded);
    }

    [Fact]
    public async Task Stop_DuringALoad_LeavesNoModelBehind()
    {
        _models.CopySentiment("sentiment", "1");
        var host = new ModelServerHost(_models.Path);
        await host.CreateReadyClientAsync();
        _models.CopySentiment("sentiment", "2");
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        var load = host.Services.GetRequiredService<ModelLifecycle>().LoadAsync("sentiment", "2", CancellationToken.None);
        Assert.Equal(ModelState.Loading, catalog.Get("sentiment", "2")!.State);

        await host.DisposeAsync();

        await Task.WhenAny(load);
        Assert.All(catalog.Versions, v => Assert.Null(v.Loaded));
        Assert.All(catalog.Versions, v => Assert.True(v.State is ModelState.Unloaded or ModelState.Error, v.State.ToString()));
    }

    [Fact]
    public async Task Activate_WithAStateFile_SurvivesARestart()
    {
        _models.CopySentiment("sentiment", "1");
        _models.CopySentiment("sentiment", "2");
        using var elsewhere = new TemporaryModels();
        var settings = new Dictionary<string, string?> { ["Models:StateFile"] = Path.Combine(elsewhere.Path, "state/active.json") };
        await using (var host = new ModelServerHost(_models.Path, settings))
        {
            await host.CreateReadyClientAsync();
            await AdminClient.OkAsync(AdminClient.Of(host).ActivateAsync("sentiment", "1"));
        }

        await using var restarted = new ModelServerHost(_models.Path, settings);
        await restarted.CreateReadyClientAsync();
        var admin = AdminClient.Of(restarted);

        Assert.Equal("1", (await admin.CardAsync("sentiment")).GetProperty("active_version").GetString());
        Assert.Equal("2", (await AdminClient.OkAsync(admin.RollbackAsync("sentiment"))).GetProperty("active_version").GetString());
    }

    [Fact]
    public async Task Start_UnreadableStateFile_FollowsTheDefaultRule()
    {
        _models.CopySentiment("sentiment", "1");
        using var elsewhere = new TemporaryModels();
        var settings = new Dictionary<string, string?> { ["Models:StateFile"] = elsewhere.Write("active.json", """{"sentiment":""") };
        await using var host = new ModelServerHost(_models.Path, settings);
        await host.CreateReadyClientAsync();

        Assert.Equal("1", (await AdminClient.Of(host).CardAsync("sentiment")).GetProperty("active_version").GetString());
    }

    private static async Task HammerAsync(HttpClient client, string? model, ConcurrentDictionary<string, int> answers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var response = await client.PostAsJsonAsync("/predict", new { text = "What a lovely day.", model }, CancellationToken.None);
            var version = response.Headers.TryGetValues("x-model-version", out var values) ? values.Single() : await response.Content.ReadAsStringAsync(CancellationToken.None);
            answers.AddOrUpdate($"{response.StatusCode} {version}", 1, (_, count) => count + 1);
        }
    }

    private static async Task RunAsync(LoadedModel loaded)
    {
        var model = Assert.IsType<ClassificationModel>(loaded);
        var sequence = model.Encode(new TextInput("great"), model.MaxTokens, QueueLane.Server, "input", truncate: true);
        model.Engine.Queue.Add([sequence]);
        Assert.Equal(2, (await sequence.Completion.WaitAsync(Eventually.Limit)).Length);
    }
}
