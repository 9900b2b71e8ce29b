using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.HuggingFace;

/// <summary>The routes of Text Embeddings Inference for scores, tokens and itself.</summary>
public sealed class TextRouteTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Query = "good music";
    private static readonly JsonElement[] Pairs = SmallModels.Expected("tiny-rerank");
    private static readonly string[] Texts = [.. Pairs.Select(c => c.GetProperty("document").GetString()!)];
    private readonly TeiClient _client = new(models.Host);

    [Fact]
    public async Task Rerank_Texts_AreScoredBestFirst()
    {
        var body = await _client.Post("/rerank", new { query = Query, texts = Texts, return_text = true });
        var raw = await _client.Post("/rerank", new { query = Query, texts = Texts, raw_scores = true });

        var order = Enumerable.Range(0, Texts.Length).OrderByDescending(i => Pairs[i].GetProperty("score").GetDouble()).ToArray();
        Assert.Equal(order, body.EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));
        Assert.Equal(order, raw.EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));
        for (var i = 0; i < order.Length; i++)
        {
            var score = Pairs[order[i]].GetProperty("score").GetDouble();
            Assert.Equal(Texts[order[i]], body[i].GetProperty("text").GetString());
            Assert.Equal(score, body[i].GetProperty("score").GetDouble(), 1e-5);
            Assert.Equal(score, 1 / (1 + Math.Exp(-raw[i].GetProperty("score").GetDouble())), 1e-5);
            Assert.False(raw[i].TryGetProperty("text", out _));
        }
    }

    [Fact]
    public async Task Rerank_TooLongText_IsNamedOrCutAtTheEndAskedFor()
    {
        var filler = string.Join(' ', Enumerable.Repeat("rain", 200));

        var refused = await _client.Fail("/rerank", JsonSerializer.Serialize(new { query = Query, texts = new[] { "a", filler }, truncate = false }), HttpStatusCode.UnprocessableEntity);
        var cut = await _client.Post("/rerank", new { query = Query, texts = new[] { filler, "wind " + filler }, truncate = true, truncation_direction = "left" });

        Assert.Contains("texts[1]", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(cut[0].GetProperty("score").GetSingle(), cut[1].GetProperty("score").GetSingle(), 1e-5);
    }

    [Theory]
    [InlineData("/rerank", """{"texts":["a"]}""", "query")]
    [InlineData("/rerank", """{"query":"a"}""", "texts")]
    [InlineData("/rerank", """{"query":"a","texts":["a",""]}""", "texts[1]")]
    [InlineData("/rerank", """{"query":"a","texts":["a"],"top_n":1}""", "top_n")]
    [InlineData("/predict", """{"inputs":[]}""", "inputs")]
    [InlineData("/predict", """{"inputs":"a","text":"a"}""", "text")]
    [InlineData("/predict", """{"inputs":"a","max_length":5}""", "max_length")]
    [InlineData("/predict", """{"inputs":""}""", "inputs")]
    [InlineData("/predict", """{"inputs":"a","truncation_direction":"up"}""", "truncation_direction")]
    [InlineData("/tokenize", """{"inputs":[]}""", "inputs")]
    [InlineData("/tokenize", """{"add_special_tokens":true}""", "inputs")]
    public async Task Post_InvalidField_IsAValidationErrorThatNamesIt(string route, string body, string named)
    {
        var error = await _client.Fail(route, body, HttpStatusCode.UnprocessableEntity);

        Assert.Equal("Validation", error.GetProperty("error_type").GetString());
        Assert.Contains(named, error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"inputs":5}""", "inputs")]
    [InlineData("""{"inputs":["a","b","c"]}""", "inputs")]
    [InlineData("""{"inputs":[["a"],"b"]}""", "inputs")]
    [InlineData("""{"inputs":[[]]}""", "inputs")]
    [InlineData("""{"inputs":null}""", "text")]
    [InlineData("""{"text":"a","raw_scores":true}""", "raw_scores")]
    [InlineData("""{"text":"a","truncate":false}""", "truncate")]
    public async Task Predict_FieldsOfNeitherForm_AreRefusedByName(string body, string named)
    {
        using var response = await _client.Send("/predict", body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains(named, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Inputs_AnswersAllLabelsBestFirst()
    {
        var own = await _client.Post("/v1/classify", new { input = new object[] { "good music", new[] { "the sea", "rain" } } });
        var expected = own.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("labels").ToString()).ToArray();

        var one = await _client.Post("/predict", new { inputs = "good music" });
        var pair = await _client.Post("/predict", new { inputs = new[] { "the sea", "rain" } });
        var batch = await _client.Post("/predict", new { inputs = new[] { new[] { "good music" }, ["the sea", "rain"] } });
        var hub = await _client.Post("/predict", new { inputs = "good music" }, "@huggingface/inference/4.13.30 node");

        Assert.Equal(expected[0], one.ToString());
        Assert.Equal(expected[1], pair.ToString());
        Assert.Equal(expected, batch.EnumerateArray().Select(b => b.ToString()));
        Assert.Equal(expected[..1], hub.EnumerateArray().Select(b => b.ToString()));
    }

    [Fact]
    public async Task Predict_RawScores_AreLogits()
    {
        var scores = await _client.Post("/predict", new { inputs = "good music" });
        var raw = await _client.Post("/predict", new { inputs = "good music", raw_scores = true });

        // The small classifier may give several labels at once: a score is its logit's sigmoid.
        for (var i = 0; i < scores.GetArrayLength(); i++)
        {
            Assert.Equal(scores[i].GetProperty("label").GetString(), raw[i].GetProperty("label").GetString());
            Assert.Equal(scores[i].GetProperty("score").GetDouble(), 1 / (1 + Math.Exp(-raw[i].GetProperty("score").GetDouble())), 1e-5);
        }
    }

    [Fact]
    public async Task Tokenize_Texts_TellsTokensByBytes()
    {
        var body = await _client.Post("/tokenize", new { inputs = new[] { "the cat", "é cat" } });
        var bare = await _client.Post("/tokenize", new { inputs = "the cat", add_special_tokens = false });

        Assert.Equal(
            """[{"id":2,"text":"[CLS]","special":true,"start":null,"stop":null},{"id":5,"text":"the","special":false,"start":0,"stop":3},{"id":42,"text":"cat","special":false,"start":4,"stop":7},{"id":3,"text":"[SEP]","special":true,"start":null,"stop":null}]""",
            body[0].ToString());
        var cat = body[1].EnumerateArray().Single(t => t.GetProperty("text").GetString() == "cat");
        Assert.Equal((3, 6), (cat.GetProperty("start").GetInt32(), cat.GetProperty("stop").GetInt32()));
        Assert.Equal([5, 42], Assert.Single(bare.EnumerateArray()).EnumerateArray().Select(t => t.GetProperty("id").GetInt32()));
    }

    [Theory]
    [InlineData("", "tiny-embedding", "embedding")]
    [InlineData("?model=tiny-rerank", "tiny-rerank", "reranker")]
    [InlineData("?model=tiny-multilabel", "tiny-multilabel", "classifier")]
    [InlineData("?model=tiny-decoder", "tiny-decoder", null)]
    public async Task Info_Model_TellsItsKindAndLimits(string query, string model, string? kind)
    {
        var client = await models.Host.CreateReadyClientAsync("models:read");

        var info = await client.GetFromJsonAsync<JsonElement>($"/info{query}");

        Assert.Equal(model, info.GetProperty("model_id").GetString());
        Assert.True(info.GetProperty("max_input_length").GetInt32() > 1);
        if (kind is null) Assert.False(info.TryGetProperty("model_type", out _));
        else Assert.Equal(kind, Assert.Single(info.GetProperty("model_type").EnumerateObject()).Name);
    }

    [Fact]
    public async Task Info_UnknownModel_IsAnErrorOfThisForm()
    {
        var client = await models.Host.CreateReadyClientAsync("models:read");

        using var response = await client.GetAsync("/info?model=absent");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("absent", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString(), StringComparison.Ordinal);
    }
}
