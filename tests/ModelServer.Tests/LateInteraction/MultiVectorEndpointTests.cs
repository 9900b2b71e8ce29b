using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.LateInteraction;

public sealed class MultiVectorEndpointTests(VectorModels models) : IClassFixture<VectorModels>
{
    private const string Route = "/v1/multi-vector-embeddings";
    private static readonly JsonElement[] Cases = VectorModels.Expected("colbert");
    private static readonly string[] Texts = [.. Cases.Select(c => c.GetProperty("text").GetString()!)];

    [Theory]
    [InlineData(null, "query", "query")]
    [InlineData(null, "document", "document")]
    [InlineData("attending", "query", "attending")]
    [InlineData("bare", "query", "bare")]
    public async Task Embed_Texts_AreTheVectorsOfNumpy(string? model, string kind, string expected)
    {
        var body = await models.PostAsync(Route, new { model, input = Texts, input_type = kind });

        var results = body.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(Texts.Length, results.Length);
        for (var i = 0; i < results.Length; i++)
        {
            var vectors = Cases[i].GetProperty(expected).EnumerateArray().Select(v => v.Floats()).ToArray();
            Assert.Equal(vectors.Length, results[i].GetProperty("vectors").GetArrayLength());
            foreach (var (wanted, vector) in vectors.Zip(results[i].GetProperty("vectors").EnumerateArray())) JsonReading.AssertClose(wanted, vector.Floats());
        }
    }

    [Fact]
    public async Task Embed_Document_SkipsPunctuationUnlessToldNotTo()
    {
        var skipped = await models.PostAsync(Route, new { input = Texts[2], input_type = "document" });
        var all = await models.PostAsync(Route, new { model = "bare", input = Texts[2], input_type = "document" });

        Assert.Equal(2, all.GetProperty("results")[0].GetProperty("vectors").GetArrayLength() - skipped.GetProperty("results")[0].GetProperty("vectors").GetArrayLength());
    }

    [Fact]
    public async Task Embed_Base64_IsTheSameVectors()
    {
        var vector = (await models.PostAsync(Route, new { input = Texts[0], input_type = "query", encoding_format = "base64" })).GetProperty("results")[0].GetProperty("vectors")[0];

        JsonReading.AssertClose(Cases[0].GetProperty("query")[0].Floats(), MemoryMarshal.Cast<byte, float>(vector.GetBytesFromBase64()).ToArray());
    }

    [Fact]
    public async Task Rerank_Documents_AreScoredByMaxSimBestFirst()
    {
        for (var i = 0; i < Texts.Length; i++)
        {
            var scores = Cases[i].Floats("scores");

            var body = await models.PostAsync("/v1/rerank", new { model = "colbert", query = Texts[i], documents = Texts });
            var tei = await models.PostAsync("/rerank", new { model = "colbert", query = Texts[i], texts = Texts, raw_scores = true });

            var results = body.GetProperty("results").EnumerateArray().Select(r => (r.GetProperty("index").GetInt32(), r.GetProperty("relevance_score").GetSingle())).ToArray();
            Assert.Equal(Enumerable.Range(0, scores.Length).OrderByDescending(j => scores[j]), results.Select(r => r.Item1));
            Assert.All(results, r => Assert.Equal(scores[r.Item1], r.Item2, 1e-4));
            Assert.Equal(results.Select(r => r.Item1), tei.EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));
        }
    }

    [Fact]
    public async Task Rerank_LongTexts_AreCutToTheModelsLengthsOrRefused()
    {
        var (query, document) = (string.Join(' ', Enumerable.Repeat("sea", 30)), string.Join(' ', Enumerable.Repeat("rain", 60)));

        var cut = await models.PostAsync("/v1/rerank", new { model = "colbert", query, documents = new[] { document } });
        var short2 = await models.PostAsync("/v1/rerank", new { model = "colbert", query, documents = new[] { document }, max_tokens_per_doc = 2 });

        Assert.Equal(12 + 20, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(12 + 5, short2.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("query", await models.RefusedFieldAsync("/v1/rerank", new { model = "colbert", query, documents = new[] { "rain" }, truncate = false }));
        Assert.Equal("documents[1]", await models.RefusedFieldAsync("/v1/rerank", new { model = "colbert", query = "sea", documents = new[] { "rain", document }, truncate = false }));
        Assert.Equal("instruction", await models.RefusedFieldAsync("/v1/rerank", new { model = "colbert", query = "sea", documents = new[] { "rain" }, instruction = "a" }));
    }

    [Fact]
    public async Task Rerank_TextsEncodedBefore_AreRemembered()
    {
        using var folder = new TemporaryModels();
        VectorModels.Overlay("colbert", Path.Combine(folder.Path, "colbert", "1"));
        using var host = new ModelServerHost(folder.Path);
        var client = await host.CreateReadyClientAsync();

        // The only model of the kind, and no cross-encoder: none has to be named.
        var cold = await Cache(client, "/v1/rerank", new { query = Texts[0], documents = Texts });
        var warm = await Cache(client, "/v1/rerank", new { query = Texts[0], documents = new[] { Texts[3], Texts[1] } });
        var document = await Cache(client, Route, new { input = Texts[1], input_type = "document" });
        var query = await Cache(client, Route, new { input = Texts[1], input_type = "query" });

        Assert.Equal("miss hit hit miss", $"{cold} {warm} {document} {query}");
    }

    private static async Task<string> Cache(HttpClient client, string route, object body)
    {
        using var response = await client.PostAsJsonAsync(route, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("x-cache").Single();
    }

    [Theory]
    [InlineData("""{"input_type":"query"}""", "input")]
    [InlineData("""{"input":[],"input_type":"query"}""", "input")]
    [InlineData("""{"input":[""],"input_type":"query"}""", "input")]
    [InlineData("""{"input":"a"}""", "input_type")]
    [InlineData("""{"input":"a","input_type":"passage"}""", "input_type")]
    [InlineData("""{"input":"a","input_type":"query","encoding_format":"int8"}""", "encoding_format")]
    [InlineData("""{"input":"a","input_type":"query","model":"splade"}""", "model")]
    public async Task Embed_InvalidField_Is422WithItsName(string body, string field) => Assert.Equal(field, await models.RefusedFieldAsync(Route, body));
}
