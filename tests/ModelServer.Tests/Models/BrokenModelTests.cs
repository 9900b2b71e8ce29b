using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.Models;

/// <summary>An exception on a model's own thread, outside a run, ended the process. It is to cost that model alone.</summary>
public class BrokenModelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("tiny-multilabel", "/v1/classify", """{"model":"tiny-multilabel","input":["a","b"]}""")]
    [InlineData("tiny-decoder", "/v1/generate", """{"model":"tiny-decoder","text":"a"}""")]
    public async Task Request_OfAModelWhoseThreadFails_FailsAndTheModelLeavesServiceAlone(string name, string route, string body)
    {
        using var models = new TemporaryModels();
        models.CopySmall(name, name);
        models.CopySmall("tiny-embedding", "other");
        var time = new BreakableTime(name);
        await using var host = new ModelServerHost(models.Path, time: time);
        var client = await host.CreateReadyClientAsync();

        time.Breaks = true;
        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(route, body));

        var (state, reason) = await SettledAsync();
        Assert.Equal("error", state);
        Assert.Contains("failed while it served", reason, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(route, body));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/v1/embeddings", """{"input":"fine"}"""));

        async Task<HttpStatusCode> PostAsync(string to, string json)
        {
            using var response = await client.PostAsync(to, new StringContent(json, null, "application/json")).WaitAsync(Patience);
            return response.StatusCode;
        }

        async Task<(string? State, string? Reason)> SettledAsync()
        {
            using var limit = new CancellationTokenSource(Patience);
            while (true)
            {
                var version = (await client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}", limit.Token)).GetProperty("versions")[0];
                if (version.GetProperty("state").GetString() is not "ready" and var state) return (state, version.GetProperty("reason").GetString());
                await Task.Delay(5, limit.Token);
            }
        }
    }
}
