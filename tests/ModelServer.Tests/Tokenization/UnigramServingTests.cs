using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Tokenization;

/// <summary>
/// Small models under a unigram tokenizer that gives each word the id that their own gives it: the answers must be those that numpy gives for
/// their own.
/// </summary>
public sealed class UnigramServingTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly Lazy<ModelServerHost> _host;

    public UnigramServingTests() => _host = new(() => new(_models.Path, new Dictionary<string, string?>()));

    public void Dispose()
    {
        if (_host.IsValueCreated) _host.Value.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task Embed_UnderUnigram_IsWhatNumpyComputes()
    {
        Copy("tiny-embedding");
        var cases = SmallModels.Expected("tiny-embedding");

        var body = await Answer("/v1/embeddings", new { model = "tiny-embedding", input = cases.Select(c => c.String("text")) });

        foreach (var (expected, actual) in cases.Zip(body.GetProperty("data").EnumerateArray())) JsonReading.AssertClose(expected.Floats("normalized_mean"), actual.Floats("embedding"));
        Assert.Equal(cases.Sum(c => c.GetProperty("ids").GetArrayLength()), body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Rerank_UnderUnigram_IsWhatNumpyComputes()
    {
        Copy("tiny-rerank");
        var cases = SmallModels.Expected("tiny-rerank");

        var body = await Answer("/v1/rerank", new { model = "tiny-rerank", query = cases[0].String("query"), documents = cases.Select(c => c.String("document")) });

        foreach (var result in body.GetProperty("results").EnumerateArray())
            Assert.Equal(cases[result.GetProperty("index").GetInt32()].GetProperty("score").GetDouble(), result.GetProperty("relevance_score").GetDouble(), 1e-5);
    }

    [Fact]
    public async Task Tokenize_UnderUnigram_ShowsPiecesAndPlaces()
    {
        Copy("tiny-embedding");

        var body = await Answer("/v1/tokenize", new { model = "tiny-embedding", text = "the ｃat½" });

        Assert.Equal(["[CLS]", "▁the", "▁cat", "[UNK]", "[SEP]"], body.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal("[[0,0],[0,3],[3,7],[7,8],[0,0]]", body.GetProperty("offsets").GetRawText());
    }

    private async Task<JsonElement> Answer(string route, object request)
    {
        using var client = await _host.Value.CreateReadyClientAsync();
        using var response = await client.PostAsJsonAsync(route, request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private void Copy(string model)
    {
        var file = Path.Combine(_models.CopySmall(model, model), "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        var words = json["model"]!["vocab"]!.AsObject().OrderBy(w => w.Value!.GetValue<int>()).Select(w => w.Key);
        var metaspace = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""");
        json["normalizer"] = JsonNode.Parse($$"""{"type":"Precompiled","precompiled_charsmap":"{{SmallCharacterMap.Base64(SmallCharacterMap.NmtNfkc())}}"}""");
        json["pre_tokenizer"] = metaspace;
        json["decoder"] = metaspace!.DeepClone();
        json["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 1, ["vocab"] = new JsonArray([.. words.Select(w => new JsonArray(w[0] is '[' or '#' ? w : $"▁{w}", -1))]) };
        File.WriteAllText(file, json.ToJsonString());
    }
}
