using System.Net.Http.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Telemetry;

/// <summary>A model server as a process of its own, with a model of each kind and one that cannot be loaded: what is scraped in this process is of every
/// server that runs in it.</summary>
public sealed class ScrapedServer : IAsyncLifetime
{
    private readonly TemporaryModels _models = new();
    private ServerProcess? _server;

    internal HttpClient Client => _server!.Client;

    public async Task InitializeAsync()
    {
        Write(_models);
        _server = new ServerProcess(_models.Path, new Dictionary<string, string> { ["Inference:Device"] = "cpu", ["Models:ReadyWhen"] = "all" });
        await _server.ReadyAsync();
        await AskAsync(Client);
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _models.Dispose();
    }

    internal static void Write(TemporaryModels models)
    {
        foreach (var name in new[] { "tiny-embedding", "tiny-decoder" }) models.CopySmall(name, name);
        models.Write("tiny-decoder/1/serving.json", """{"chatTemplate":"none"}""");
        models.Write("broken/1/config.json", "{}");
    }

    internal static async Task AskAsync(HttpClient client)
    {
        (await client.PostAsJsonAsync("/v1/embeddings", new { model = "tiny-embedding", input = new[] { "one", "a little longer than one" } })).EnsureSuccessStatusCode().Dispose();
        (await client.PostAsJsonAsync("/v1/embeddings", new { model = "absent", input = "one" })).Dispose();
        (await client.PostAsJsonAsync("/v1/completions", new { model = "tiny-decoder", prompt = "the old man", max_tokens = 3, ignore_eos = true })).EnsureSuccessStatusCode().Dispose();
    }

    internal async Task<Scrape> ScrapeAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new("Bearer", TestTokens.Create("metrics"));
        using var response = await Client.SendAsync(request);
        return new(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }
}
