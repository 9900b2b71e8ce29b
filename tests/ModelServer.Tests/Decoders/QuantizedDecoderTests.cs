using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>Decoders with weights of 4 and 8 bits are served as any other: what comes of a prompt does not depend on what runs beside it.</summary>
public sealed class QuantizedDecoderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    [Fact]
    public async Task FourBits_TheVariantOfItsFolder_ContinuesAsTheReference()
    {
        _models.CopySmall("tiny-decoder-q4", "small");
        await using var host = new ModelServerHost(_models.Path);
        var client = await ReadyAsync(host, "small", "q4");
        var cases = TinyDecoder.Expected("tiny-decoder-q4");

        var texts = await Task.WhenAll(cases.Select(c => ContinueAsync(client, new { prompt = c.Prompt, max_tokens = c.Ids.Length, temperature = 0, ignore_eos = true })));

        Assert.Equal(cases.Select(c => OpenAI.TextModels.Text(c.Ids)), texts);
    }

    [Fact]
    public async Task EightBits_PerRow_GiveTheSameAloneAndBesideOthers()
    {
        var folder = Path.Combine(RepositoryPaths.Models, "stories", "1");
        foreach (var name in new[] { "model_int8.onnx", "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json" })
            File.Copy(Path.Combine(folder, name), _models.Write($"stories/1/{name}", ""), overwrite: true);
        var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "serving.json"))).RootElement.GetProperty("golden");
        _models.Write("stories/1/serving.json", JsonSerializer.Serialize(new { variant = "int8", golden }));
        await using var host = new ModelServerHost(_models.Path);
        var client = await ReadyAsync(host, "stories", "int8");
        object[] requests =
        [
            .. golden.EnumerateArray().Select((g, i) => new { prompt = g.GetProperty("text").GetString(), max_tokens = 16 + i, temperature = i % 2, seed = i }),
        ];
        var alone = new List<string>();
        foreach (var request in requests) alone.Add(await ContinueAsync(client, request));

        Assert.Equal(alone, await Task.WhenAll(requests.Select(r => ContinueAsync(client, r))));
    }

    public void Dispose() => _models.Dispose();

    private static async Task<HttpClient> ReadyAsync(ModelServerHost host, string model, string variant)
    {
        var client = await host.CreateReadyClientAsync();
        var version = (await client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}")).GetProperty("versions")[0];
        Assert.Equal(("ready", variant), (version.GetProperty("state").GetString(), version.GetProperty("variant").GetString()));
        return client;
    }

    private static async Task<string> ContinueAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("/v1/completions", body);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("text").GetString()!;
    }
}
