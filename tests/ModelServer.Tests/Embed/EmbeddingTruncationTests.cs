using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Embed;

/// <summary>Who decides whether an input beyond the model's window is cut: the request, else the server, else the model's own files.</summary>
public sealed class EmbeddingTruncationTests : IDisposable
{
    private const int Window = 64, Shorter = 16;
    private static readonly string Long = string.Concat(Enumerable.Repeat("cat the river ", 40));
    private readonly TemporaryModels _models = new();

    public EmbeddingTruncationTests()
    {
        _models.CopySmall("tiny-embedding", "silent");
        _models.CopySmall("tiny-embedding", "sentence");
        _models.Write("sentence/1/sentence_bert_config.json", $$"""{"max_seq_length":{{Shorter}}}""");
        var path = Path.Combine(_models.CopySmall("tiny-embedding", "tokenizer"), "tokenizer.json");
        var tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        tokenizer["truncation"] = JsonNode.Parse("""{"direction":"Right","max_length":512,"strategy":"LongestFirst","stride":0}""");
        File.WriteAllText(path, tokenizer.ToJsonString());
    }

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("auto", "silent", null, null)]
    [InlineData("auto", "sentence", null, Shorter)]
    [InlineData("auto", "tokenizer", null, Window)]
    [InlineData("auto", "sentence", false, null)]
    [InlineData("auto", "silent", true, Window)]
    [InlineData("always", "silent", null, Window)]
    [InlineData("always", "silent", false, null)]
    [InlineData("never", "sentence", null, null)]
    [InlineData("never", "sentence", true, Shorter)]
    public async Task Embed_InputBeyondTheWindow_IsCutAsRequestServerAndModelSay(string setting, string model, bool? truncate, int? tokens)
    {
        using var host = Host(setting);

        foreach (var input in new object[] { Long, Enumerable.Repeat(7, 100).ToArray() })
        {
            var (status, body) = await Post(host, new { model, input, truncate });

            if (tokens is null) Assert.Equal((HttpStatusCode.BadRequest, "input_too_long"), (status, body.GetProperty("error").GetProperty("code").GetString()));
            else Assert.Equal((HttpStatusCode.OK, tokens), (status, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32()));
        }
    }

    [Fact]
    public async Task Embed_TruncatePromptTokens_KeepsTheFirstTokens()
    {
        using var host = Host("never");

        var (_, cut) = await Post(host, new { model = "silent", input = Long, truncate_prompt_tokens = 5 });
        var (_, same) = await Post(host, new { model = "silent", input = "cat the river" });
        var (_, all) = await Post(host, new { model = "silent", input = Long, truncate_prompt_tokens = -1 });

        Assert.Equal(5, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        JsonReading.AssertClose(Vector(same), Vector(cut));
        Assert.Equal(Window, all.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public void Start_UnknownTruncate_IsRefusedByName()
    {
        using var host = Host("sometimes");

        Assert.Contains("Truncate", host.StartRefused().ToString(), StringComparison.Ordinal);
    }

    private static float[] Vector(JsonElement body) => body.GetProperty("data")[0].Floats("embedding");

    private ModelServerHost Host(string truncate) => new(_models.Path, new Dictionary<string, string?> { ["Embed:Truncate"] = truncate });

    private static async Task<(HttpStatusCode, JsonElement)> Post(ModelServerHost host, object request)
    {
        var client = await host.CreateReadyClientAsync();
        using var response = await client.PostAsJsonAsync("/v1/embeddings", request);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
