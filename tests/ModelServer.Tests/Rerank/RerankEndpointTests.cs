using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.Rerank;

public sealed class RerankEndpointTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Query = "good music";
    private static readonly JsonElement[] Cases = SmallModels.Expected("tiny-rerank");
    private static readonly string[] Documents = [.. Cases.Select(c => c.GetProperty("document").GetString()!)];

    [Fact]
    public async Task Rerank_Documents_AreScoredAsNumpyDoesBestFirst()
    {
        var body = await Rerank(new { query = Query, documents = Documents });

        Assert.Equal("tiny-rerank", body.GetProperty("model").GetString());
        Assert.Equal("1", body.GetProperty("model_version").GetString());
        Assert.True(body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > Documents.Length * 5);
        var results = Results(body);
        Assert.Equal(Enumerable.Range(0, Cases.Length).OrderByDescending(Score), results.Select(r => r.Index));
        Assert.All(results, r => Assert.Equal(Score(r.Index), r.Score, 1e-5));
        Assert.False(body.GetProperty("results")[0].TryGetProperty("document", out _));

        static double Score(int index) => Cases[index].GetProperty("score").GetDouble();
    }

    [Fact]
    public async Task Rerank_TopN_KeepsTheBest()
    {
        var all = Results(await Rerank(new { query = Query, documents = Documents }));
        var two = Results(await Rerank(new { query = Query, documents = Documents, top_n = 2 }));
        var more = Results(await Rerank(new { query = Query, documents = Documents, top_n = 99 }));

        Assert.Equal(all.Take(2).Select(r => r.Index), two.Select(r => r.Index));
        Assert.Equal(all.Length, more.Length);
    }

    [Fact]
    public async Task Rerank_ReturnDocuments_RepeatsEachText()
    {
        object[] documents = [Documents[0], new { text = Documents[1] }];

        var body = await Rerank(new { query = Query, documents, return_documents = true });

        foreach (var result in body.GetProperty("results").EnumerateArray())
            Assert.Equal(Documents[result.GetProperty("index").GetInt32()], result.GetProperty("document").GetProperty("text").GetString());
    }

    [Fact]
    public async Task Rerank_EqualDocuments_KeepTheirOrder()
    {
        var results = Results(await Rerank(new { query = Query, documents = Enumerable.Repeat("the sea", 9) }));

        Assert.Equal(Enumerable.Range(0, 9), results.Select(r => r.Index));
    }

    [Fact]
    public async Task Rerank_LongDocument_IsCutAndTheQueryIsNot()
    {
        var fitting = string.Join(' ', Enumerable.Repeat("rain", 59));
        var (longer, query) = (fitting + " wind wind wind", Query);

        var cut = await Rerank(new { query, documents = new[] { fitting, longer } });
        using var refused = await Post(JsonSerializer.Serialize(new { query, documents = new[] { longer }, truncate = false }));
        using var noRoom = await Post(JsonSerializer.Serialize(new { query = longer, documents = new[] { "rain" } }));

        Assert.Equal(128, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        var scores = Results(cut).OrderBy(r => r.Index).Select(r => r.Score).ToArray();
        Assert.Equal(scores[0], scores[1], 1e-5);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noRoom.StatusCode);
    }

    [Theory]
    [InlineData("""{"documents":["a"]}""", "query")]
    [InlineData("""{"query":"","documents":["a"]}""", "query")]
    [InlineData("""{"query":["a"],"documents":["a"]}""", "query")]
    [InlineData("""{"query":"a"}""", "documents")]
    [InlineData("""{"query":"a","documents":[]}""", "documents")]
    [InlineData("""{"query":"a","documents":"b"}""", "documents")]
    [InlineData("""{"query":"a","documents":[""]}""", "documents")]
    [InlineData("""{"query":"a","documents":[1]}""", "documents")]
    [InlineData("""{"query":"a","documents":[{}]}""", "documents")]
    [InlineData("""{"query":"a","documents":[{"text":"b","title":"c"}]}""", "documents")]
    [InlineData("""{"query":"a","documents":[{"text":null}]}""", "documents")]
    [InlineData("""{"query":"a","documents":["b"],"top_n":0}""", "top_n")]
    [InlineData("""{"query":"a","documents":["b"],"top_n":"1"}""", "top_n")]
    [InlineData("""{"query":"a","documents":["b"],"return_document":true}""", "return_document")]
    [InlineData("""{"query":"a","documents":["b"],"model":"tiny-multilabel"}""", "model")]
    public async Task Rerank_InvalidField_Is422WithItsName(string body, string param)
    {
        using var response = await Post(body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.StartsWith(param, error.GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rerank_TooManyDocuments_IsRefused()
    {
        using var response = await Post(JsonSerializer.Serialize(new { query = "a", documents = Enumerable.Repeat("b", 1025) }));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    private static (int Index, double Score)[] Results(JsonElement body)
        => [.. body.GetProperty("results").EnumerateArray().Select(r => (r.GetProperty("index").GetInt32(), r.GetProperty("relevance_score").GetDouble()))];

    private async Task<JsonElement> Rerank(object request)
    {
        using var response = await Post(JsonSerializer.Serialize(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> Post(string body)
        => await (await models.Host.CreateReadyClientAsync()).PostAsync("/v1/rerank", new StringContent(body, Encoding.UTF8, "application/json"));
}
