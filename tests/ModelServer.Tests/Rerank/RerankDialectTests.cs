using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Rerank;

/// <summary>What clients of Cohere, Jina and Voyage send and read.</summary>
public sealed class RerankDialectTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Query = "good music";
    private static readonly string[] Documents = ["the sea is deep", "good music and rain", "a cat"];
    private static readonly string TooLong = string.Join(' ', Enumerable.Repeat("rain", 200));

    [Fact]
    public async Task Rerank_NullOptionalFields_AreTheirDefaults()
    {
        var plain = await Post("/v1/rerank", new { query = Query, documents = Documents });
        var nulls = await Post("/v1/rerank", $$"""
            {"query":"{{Query}}","documents":{{JsonSerializer.Serialize(Documents)}},"model":null,"top_n":null,"top_k":null,"return_documents":null,"truncate":null,
             "truncation":null,"max_chunks_per_doc":null,"max_tokens_per_doc":null,"rank_fields":null}
            """);

        Assert.Equal(plain.GetProperty("results").ToString(), nulls.GetProperty("results").ToString());
    }

    [Fact]
    public async Task Rerank_CohereV1Body_IsAnswered()
    {
        var body = await Post("/v1/rerank", new
        {
            model = "tiny-rerank",
            query = Query,
            documents = Documents.Select(text => new { text }),
            top_n = 2,
            return_documents = true,
            max_chunks_per_doc = 1,
        });

        Assert.Equal(2, body.GetProperty("results").GetArrayLength());
        Assert.Equal(Documents[Best(body)], body.GetProperty("results")[0].GetProperty("document").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"top_k":1}""", true)]
    [InlineData("""{"truncation":true}""", true)]
    [InlineData("""{"top_n":1}""", false)]
    [InlineData("""{"truncate":true}""", false)]
    public async Task Rerank_BodyThatMayBeVoyages_HasData(string fields, bool data)
    {
        var request = JsonSerializer.SerializeToNode(new { query = Query, documents = Documents })!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject()) request[name] = value!.DeepClone();

        var body = await Post("/v1/rerank", request.ToJsonString());

        Assert.Equal((data, data), (body.TryGetProperty("data", out _), body.TryGetProperty("object", out _)));
    }

    [Fact]
    public async Task Rerank_VoyageBody_HasDataWithTexts()
    {
        var body = await Post("/v1/rerank", new { query = Query, documents = Documents, top_k = 1, return_documents = true, truncation = true });

        Assert.Equal("list", body.GetProperty("object").GetString());
        var best = Assert.Single(body.GetProperty("data").EnumerateArray());
        Assert.Equal(Best(body), best.GetProperty("index").GetInt32());
        Assert.Equal(Documents[Best(body)], best.GetProperty("document").GetString());
        Assert.Equal(body.GetProperty("results")[0].GetProperty("relevance_score").GetSingle(), best.GetProperty("relevance_score").GetSingle());
        Assert.True(body.GetProperty("usage").GetProperty("total_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task RerankV2_Documents_AreAnsweredAsCohereDoes()
    {
        var first = await Post("/v1/rerank", new { query = Query, documents = Documents });
        using var response = await Send("/v2/rerank", JsonSerializer.Serialize(new { model = "tiny-rerank", query = Query, documents = Documents, top_n = 2, max_tokens_per_doc = 4096 }));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["id", "results", "meta"], body.EnumerateObject().Select(p => p.Name));
        Assert.Equal(Assert.Single(response.Headers.GetValues("x-request-id")), body.GetProperty("id").GetString());
        Assert.Equal("""{"api_version":{"version":"2"},"billed_units":{"search_units":1}}""", body.GetProperty("meta").ToString());
        Assert.Equal(
            first.GetProperty("results").EnumerateArray().Take(2).Select(r => r.ToString()),
            body.GetProperty("results").EnumerateArray().Select(r => r.ToString()));
    }

    [Fact]
    public async Task Rerank_MaxTokensPerDoc_ReadsTheBeginningOfEachDocument()
    {
        var cut = await Post("/v2/rerank", new { query = Query, documents = new[] { "the sea is deep", "the sea wind" }, max_tokens_per_doc = 2 });
        var same = await Post("/v2/rerank", new { query = Query, documents = new[] { "the sea" } });

        var scores = cut.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("relevance_score").GetSingle()).ToArray();
        Assert.Equal(scores[0], scores[1], 1e-5);
        Assert.Equal(same.GetProperty("results")[0].GetProperty("relevance_score").GetSingle(), scores[0], 1e-5);
    }

    [Fact]
    public async Task Rerank_TooLong_NamesTheDocumentOrTheQuery()
    {
        var document = await Refused("/v1/rerank", new { query = Query, documents = new[] { "a", "b", TooLong }, truncate = false });
        var query = await Refused("/v1/rerank", new { query = TooLong, documents = new[] { "a" } });
        var both = await Refused("/v1/rerank", new { query = TooLong, documents = new[] { "a", TooLong }, truncate = false });

        Assert.Equal(("documents[2]", "input_too_long"), Fault(document));
        Assert.Equal(("query", "input_too_long"), Fault(query));
        Assert.Equal(("query", "input_too_long"), Fault(both));
    }

    [Theory]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"rank_fields":["title"]}""", "rank_fields")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"max_chunks_per_doc":10}""", "max_chunks_per_doc")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"max_tokens_per_doc":0}""", "max_tokens_per_doc")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"top_k":0}""", "top_k")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"top_k":1,"top_n":1}""", "top_k")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b"],"truncate":true,"truncation":true}""", "truncation")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["b",""]}""", "documents[1]")]
    public async Task Rerank_UnsupportedField_Is422WithItsName(string route, string body, string param)
    {
        using var response = await Send(route, body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(param, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("""{"query":"a","documents":["b"],"rank_fields":["title"]}""", HttpStatusCode.UnprocessableEntity, "rank_fields")]
    [InlineData("""{"query":"a","documents":["b"],"top_n":0}""", HttpStatusCode.UnprocessableEntity, "top_n")]
    [InlineData("""{"query":"a"}""", HttpStatusCode.UnprocessableEntity, "documents")]
    [InlineData("""{"query":"a","documents":["b"],"return_documents":true}""", HttpStatusCode.UnprocessableEntity, "return_documents")]
    [InlineData("""{"query":"a","documents":["b"],"model":"absent"}""", HttpStatusCode.NotFound, "absent")]
    [InlineData("""{"query":""", HttpStatusCode.BadRequest, "JSON")]
    public async Task RerankV2_Refusal_IsAMessageWithAnIdAsCohereWritesIt(string body, HttpStatusCode status, string named)
    {
        using var response = await Send("/v2/rerank", body);

        Assert.Equal(status, response.StatusCode);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["message", "id"], error.EnumerateObject().Select(p => p.Name));
        Assert.Contains(named, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(Assert.Single(response.Headers.GetValues("x-request-id")), error.GetProperty("id").GetString());
    }

    private static int Best(JsonElement body) => body.GetProperty("results")[0].GetProperty("index").GetInt32();

    private static (string?, string?) Fault(JsonElement error) => (error.GetProperty("param").GetString(), error.GetProperty("code").GetString());

    private async Task<JsonElement> Refused(string route, object request)
    {
        using var response = await Send(route, JsonSerializer.Serialize(request));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
    }

    private async Task<JsonElement> Post(string route, object request)
    {
        using var response = await Send(route, request as string ?? JsonSerializer.Serialize(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> Send(string route, string body)
        => await (await models.Host.CreateReadyClientAsync()).PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"));
}
