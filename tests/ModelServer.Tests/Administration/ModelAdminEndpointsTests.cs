using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Administration;

public sealed class ModelAdminEndpointsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task List_TwoVersions_TellsStatesAndTheActiveOne()
    {
        _models.CopySmall("tiny-multilabel", "a", "1");
        _models.CopySmall("tiny-multilabel", "a", "2");
        var rollouts = new TestRollouts();
        await using var host = new ModelServerHost(_models.Path, rollouts: rollouts);
        var admin = await host.CreateReadyClientAsync("admin");

        var before = await CardAsync(admin);
        rollouts.Activate("a", "1");
        var after = await CardAsync(admin);

        Assert.Equal(("2", 0L), (before.GetProperty("active_version").GetString(), before.GetProperty("revision").GetInt64()));
        Assert.Equal("""{"version":"2","state":"ready","active":true,"reason":null,"order":0,"leases":0,"task":"text-classification"}""", before.GetProperty("versions")[0].GetRawText());
        Assert.Equal(("1", 1L), (after.GetProperty("active_version").GetString(), after.GetProperty("revision").GetInt64()));
        Assert.False(after.GetProperty("versions")[0].GetProperty("active").GetBoolean());
    }

    /// <summary>One server alone would contradict the document that all obey.</summary>
    [Theory]
    [InlineData("a/versions/1/load")]
    [InlineData("a/versions/1/activate")]
    [InlineData("a/versions/1/unload?force=true")]
    [InlineData("a/rollback")]
    public async Task Changes_AtOneServer_AreNoRoutes(string path)
    {
        _models.CopySmall("tiny-multilabel", "a");
        await using var host = new ModelServerHost(_models.Path);
        var admin = await host.CreateReadyClientAsync("admin infer");

        using var response = await admin.PostAsync($"/admin/models/{path}", null);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("ready", (await CardAsync(admin)).GetProperty("versions")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task List_WithoutTheScope_IsRefused()
    {
        _models.CopySmall("tiny-multilabel", "a");
        await using var host = new ModelServerHost(_models.Path);
        var user = await host.CreateReadyClientAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.CreateClient().GetAsync("/admin/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("/admin/models")).StatusCode);
    }

    private static async Task<JsonElement> CardAsync(HttpClient admin)
        => Assert.Single((await admin.GetFromJsonAsync<JsonElement>("/admin/models")).GetProperty("data").EnumerateArray());
}
