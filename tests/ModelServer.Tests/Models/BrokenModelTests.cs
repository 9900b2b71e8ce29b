using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Models;

/// <summary>An exception on a model's own thread, outside a run, ended the process. It is to cost that model alone.</summary>
public class BrokenModelTests
{
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

        JsonElement version = default;
        await Eventually.HoldsAsync(async () =>
        {
            version = (await client.GetFromJsonAsync<JsonElement>($"/v1/models/{name}")).GetProperty("versions")[0];
            return version.GetProperty("state").GetString() != "ready";
        });
        Assert.Equal("error", version.GetProperty("state").GetString());
        Assert.Contains("failed while it served", version.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(route, body));
        var counts = host.Services.GetRequiredService<ModelCatalog>().Get(name, "1")!.Counter.Read()!;
        Assert.Equal((1L, 1L, 0L), (counts.Requests, counts.Errors, counts.Latency.Sum()));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("/v1/embeddings", """{"input":"fine"}"""));

        async Task<HttpStatusCode> PostAsync(string to, string json)
        {
            using var response = await client.PostAsync(to, new StringContent(json, null, "application/json")).WaitAsync(Eventually.Limit);
            return response.StatusCode;
        }
    }
}
