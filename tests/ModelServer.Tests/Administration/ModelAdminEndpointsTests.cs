using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Administration;

public sealed class ModelAdminEndpointsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task List_TwoVersions_TellsStatesAndTheActiveOne()
    {
        var (host, admin, _) = await StartAsync("1", "2");
        await using var _host = host;

        var card = await admin.CardAsync("sentiment");

        Assert.Equal("2", card.GetProperty("active_version").GetString());
        Assert.Equal(JsonValueKind.Null, card.GetProperty("chosen_version").ValueKind);
        Assert.Equal("""{"version":"2","state":"ready","active":true,"reason":null,"leases":0,"task":"text-classification"}""", card.GetProperty("versions")[0].GetRawText());
        Assert.False(card.GetProperty("versions")[1].GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Activate_LowerVersion_AnswersUntilRolledBack()
    {
        var (host, admin, client) = await StartAsync("1", "2");
        await using var _host = host;

        var card = await AdminClient.OkAsync(admin.ActivateAsync("sentiment", "1"));
        Assert.Equal("1", card.GetProperty("active_version").GetString());
        Assert.Equal("2", card.GetProperty("previous_version").GetString());
        Assert.Equal("1", await AnsweringVersionAsync(client));

        await AdminClient.OkAsync(admin.RollbackAsync("sentiment"));
        Assert.Equal("2", await AnsweringVersionAsync(client));
        await AdminClient.OkAsync(admin.RollbackAsync("sentiment"));
        Assert.Equal("1", await AnsweringVersionAsync(client));
    }

    [Fact]
    public async Task Load_FolderDroppedLater_BecomesTheActiveVersion()
    {
        var (host, admin, client) = await StartAsync("1");
        await using var _host = host;
        _models.CopySentiment("sentiment", "2");
        _models.CopySentiment("other", "1");

        await AdminClient.OkAsync(admin.LoadAsync("sentiment", "2"));
        var other = await AdminClient.OkAsync(admin.LoadAsync("other", "1"));

        Assert.Equal("2", await AnsweringVersionAsync(client));
        Assert.Equal("1", other.GetProperty("active_version").GetString());
        var card = await AdminClient.OkAsync(admin.RollbackAsync("sentiment"));
        Assert.Equal("1", card.GetProperty("active_version").GetString());
    }

    [Fact]
    public async Task Load_VersionInError_ServesOnceItsFolderIsRepaired()
    {
        _models.CopySentiment("sentiment", "1");
        var graph = Path.Combine(_models.CopySentiment("sentiment", "2"), "model.onnx");
        var good = File.ReadAllBytes(graph);
        File.WriteAllText(graph, "not a graph");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);

        var refused = await AdminClient.RefusedAsync(HttpStatusCode.UnprocessableEntity, admin.LoadAsync("sentiment", "2"));
        Assert.Equal("model_load_failed", refused.Code);
        Assert.Equal("1", await AnsweringVersionAsync(client));
        File.WriteAllBytes(graph, good);
        await AdminClient.OkAsync(admin.LoadAsync("sentiment", "2"));

        Assert.Equal("2", await AnsweringVersionAsync(client));
    }

    [Fact]
    public async Task Load_TwiceAtOnce_LoadsOnce()
    {
        var (host, admin, client) = await StartAsync("1");
        await using var _host = host;
        _models.CopySentiment("sentiment", "2");

        var catalog = host.Services.GetRequiredService<ModelCatalog>();

        var calls = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AdminClient.OkAsync(admin.LoadAsync("sentiment", "2"))));
        var first = await Eventually.GetAsync(() => catalog.Get("sentiment", "2"));
        await calls;

        // A second load would be another object in its place.
        Assert.Same(first, catalog.Get("sentiment", "2"));
        Assert.Equal("2", await AnsweringVersionAsync(client));
    }

    [Fact]
    public async Task Load_MoreThanTheMemoryLeft_IsRefusedUpFront()
    {
        _models.CopySentiment("sentiment", "1");
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:MemoryLimitBytes"] = "1000000" });
        await host.CreateReadyClientAsync();
        var admin = AdminClient.Of(host);

        Assert.Equal("error", (await admin.VersionAsync("sentiment", "1")).GetProperty("state").GetString());
        var refused = await AdminClient.RefusedAsync(HttpStatusCode.InsufficientStorage, admin.LoadAsync("sentiment", "1"));
        Assert.Equal("insufficient_memory", refused.Code);
        Assert.Contains("0 MiB are left", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unload_ActiveVersion_LeavesTheBareNameToAnother()
    {
        var (host, admin, client) = await StartAsync("1", "2");
        await using var _host = host;

        await AdminClient.OkAsync(admin.UnloadAsync("sentiment", "2"));

        Assert.Equal("1", await AnsweringVersionAsync(client));
        Assert.Equal("unloaded", (await admin.VersionAsync("sentiment", "2")).GetProperty("state").GetString());
        using var named = await client.PostAsJsonAsync("/predict", new { text = "great", model = "sentiment:2" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, named.StatusCode);
        Assert.Contains("unloaded", await named.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AdminClient.OkAsync(admin.RollbackAsync("sentiment"));
        Assert.Equal("2", await AnsweringVersionAsync(client));
    }

    [Fact]
    public async Task Unload_LastReadyVersion_NeedsForce()
    {
        var (host, admin, client) = await StartAsync("1");
        await using var _host = host;

        var refused = await AdminClient.RefusedAsync(HttpStatusCode.Conflict, admin.UnloadAsync("sentiment", "1"));
        Assert.Equal("model_conflict", refused.Code);
        Assert.Equal("1", await AnsweringVersionAsync(client));
        await AdminClient.OkAsync(admin.UnloadAsync("sentiment", "1", force: true));

        using var response = await client.PostAsJsonAsync("/predict", new { text = "great", model = "sentiment" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/ready")).StatusCode);
        await AdminClient.OkAsync(admin.LoadAsync("sentiment", "1"));
        Assert.Equal("1", await AnsweringVersionAsync(client));
    }

    [Fact]
    public async Task Changes_ThatMakeNoSense_AreRefused()
    {
        _models.Write("sentiment/3/config.json", """{"architectures":["BertForSequenceClassification"]}""");
        var (host, admin, _) = await StartAsync("1");
        await using var _host = host;

        await AdminClient.RefusedAsync(HttpStatusCode.Conflict, admin.ActivateAsync("sentiment", "3"));
        await AdminClient.RefusedAsync(HttpStatusCode.Conflict, admin.UnloadAsync("sentiment", "3"));
        await AdminClient.RefusedAsync(HttpStatusCode.Conflict, admin.RollbackAsync("sentiment"));
        await AdminClient.RefusedAsync(HttpStatusCode.NotFound, admin.RollbackAsync("absent"));
        await AdminClient.RefusedAsync(HttpStatusCode.NotFound, admin.ActivateAsync("sentiment", "2"));
        await AdminClient.RefusedAsync(HttpStatusCode.NotFound, admin.LoadAsync("sentiment", "2"));
    }

    [Theory]
    [InlineData("../secret", "1")]
    [InlineData("sentiment", "../../secret/1")]
    [InlineData("sentiment/../../secret", "1")]
    [InlineData("sentiment", "1/../1")]
    [InlineData("sentiment", "./1")]
    [InlineData("sentiment", "1\n")]
    public async Task Load_PathTricks_FindNothing(string name, string version)
    {
        _models.CopySentiment("secret", "1");
        _models.CopySentiment("models/sentiment", "1");
        await using var host = new ModelServerHost(Path.Combine(_models.Path, "models"));
        await host.CreateReadyClientAsync();
        var (admin, lifecycle) = (AdminClient.Of(host), host.Services.GetRequiredService<ModelLifecycle>());

        // Once as a route decodes it, once past any decoding.
        await Assert.ThrowsAsync<ModelNotFoundException>(() => lifecycle.LoadAsync(name, version, CancellationToken.None));
        foreach (var verb in new[] { "load", "activate", "unload" })
        {
            using var response = await admin.PostAsync($"{Uri.EscapeDataString(name)}/versions/{Uri.EscapeDataString(version)}/{verb}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Equal("sentiment:1", Assert.Single(host.Services.GetRequiredService<ModelCatalog>().Versions).Reference);
    }

    [Fact]
    public async Task Admin_WithoutTheScope_IsRefused()
    {
        var (host, _, user) = await StartAsync("1");
        await using var _host = host;
        var nobody = host.CreateClient();

        foreach (var path in new[] { "sentiment/rollback", "sentiment/versions/1/load", "sentiment/versions/1/activate", "sentiment/versions/1/unload?force=true" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PostAsync($"/admin/models/{path}", null)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await user.PostAsync($"/admin/models/{path}", null)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/admin/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("/admin/models")).StatusCode);
        Assert.Equal("1", await AnsweringVersionAsync(user));
    }

    private static async Task<string?> AnsweringVersionAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/predict", new { text = "great", model = "sentiment" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var version = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model_version").GetString();
        Assert.Equal(version, Assert.Single(response.Headers.GetValues("x-model-version")));
        return version;
    }

    private async Task<(ModelServerHost Host, AdminClient Admin, HttpClient User)> StartAsync(params string[] versions)
    {
        foreach (var version in versions) _models.CopySentiment("sentiment", version);
        var host = new ModelServerHost(_models.Path);
        var user = await host.CreateReadyClientAsync();
        return (host, AdminClient.Of(host), user);
    }
}
