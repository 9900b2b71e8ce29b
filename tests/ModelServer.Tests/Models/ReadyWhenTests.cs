using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Models;

/// <summary>One version is ready while another still loads: its configuration is a pipe that nobody has written to yet.</summary>
public sealed class ReadyWhenTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public ReadyWhenTests() => _models.CopySentiment("a", "1");

    public void Dispose() => _models.Dispose();

    [NeedsTheory(Need.Linux)]
    [InlineData(null, 200)]
    [InlineData("any", 200)]
    [InlineData("all", 503)]
    public async Task Version_ThatIsReady_ServesWhileAnotherLoads(string? when, int ready)
    {
        var slow = _models.CopySentiment("b", "1");
        var pipe = Path.Combine(slow, "config.json");
        File.Delete(pipe);
        using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync();
        await using var host = new ModelServerHost(_models.Path, when is null ? null : new Dictionary<string, string?> { ["Models:ReadyWhen"] = when });
        var client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create());
        var catalog = host.Services.GetRequiredService<ModelCatalog>();
        await Eventually.HoldsAsync(() => catalog.AnyReady);

        using var served = await client.PostAsJsonAsync("/v1/classify", new { model = "a", input = "fine" });
        using var unnamed = await client.PostAsJsonAsync("/predict", new { text = "fine" });
        using var loading = await client.PostAsJsonAsync("/v1/classify", new { model = "b", input = "fine" });
        var states = (await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").EnumerateArray().Select(m => m.GetProperty("versions")[0].GetProperty("state").GetString());
        var before = ((int)(await client.GetAsync("/ready")).StatusCode, (int)(await client.GetAsync("/health")).StatusCode);
        await File.WriteAllTextAsync(pipe, "no configuration");
        await Eventually.HoldsAsync(() => catalog.Versions.All(v => v.State != ModelState.Loading));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (served.StatusCode, unnamed.StatusCode));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, loading.StatusCode);
        Assert.NotNull(loading.Headers.RetryAfter);
        Assert.Equal(["ready", "loading"], states);
        Assert.Equal((ready, ready), before);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/ready")).StatusCode);
    }
}
