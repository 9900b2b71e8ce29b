using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Models;
using ModelServer.ZeroShot;

namespace ModelServer.Tests.ZeroShot;

public sealed class ZeroShotClassifyEndpointTests(SmallModels models) : IClassFixture<SmallModels>
{
    private static readonly string Long = string.Join(' ', Enumerable.Repeat("rain", 80));

    [Fact]
    public async Task ZeroShotClassify_EachCase_IsScoredAsNumpyDoes()
    {
        foreach (var expected in SmallModels.Expected("tiny-nli"))
        {
            var labels = expected.GetProperty("labels").EnumerateArray().Select(l => l.GetString()!).ToArray();

            var body = await Classify(new { input = expected.GetProperty("text").GetString(), labels, hypothesis_template = expected.GetProperty("template").GetString(), multi_label = expected.GetProperty("multi").GetBoolean() });

            // Named by no request: the only classifier that judges hypotheses answers, though another is the default of all classifiers.
            Assert.Equal("tiny-nli", body.GetProperty("model").GetString());
            Assert.Equal("1", body.GetProperty("model_version").GetString());
            Assert.Equal(expected.GetProperty("tokens").GetInt32(), body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
            var scores = ScoresOf(Assert.Single(body.GetProperty("results").EnumerateArray()));
            Assert.Equal(scores.Select(s => s.Score).OrderDescending(), scores.Select(s => s.Score));
            JsonReading.AssertClose(expected.Floats("scores"), Array.ConvertAll(labels, l => scores.Single(s => s.Label == l).Score));
        }
    }

    [Fact]
    public async Task ZeroShotClassify_SeveralInputs_AreScoredInTheirOrder()
    {
        string[] inputs = ["the cat", Long, "bread and cheese", "the sea"];
        string[] labels = ["food", "music", "the sea"];

        var body = await Classify(new { input = inputs, labels });

        var together = body.GetProperty("results").EnumerateArray().Select(ScoresOf).ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            var alone = ScoresOf((await Classify(new { input = inputs[i], labels })).GetProperty("results")[0]);
            Assert.Equal(alone.Select(s => s.Label), together[i].Select(s => s.Label));
            JsonReading.AssertClose([.. alone.Select(s => s.Score)], [.. together[i].Select(s => s.Score)]);
        }
    }

    [Fact]
    public async Task ZeroShotClassify_EqualLabels_KeepTheirOrder()
    {
        var scores = ScoresOf((await Classify(new { input = "the sea", labels = new[] { "rain ", "rain", " rain" } })).GetProperty("results")[0]);

        Assert.Equal(["rain ", "rain", " rain"], scores.Select(s => s.Label));
    }

    [Fact]
    public async Task ZeroShotClassify_LongText_IsCutAndTheHypothesisIsNot()
    {
        var cut = await Classify(new { input = Long, labels = new[] { "sea" }, hypothesis_template = "the {}" });
        using var refused = await Post(JsonSerializer.Serialize(new { input = Long, labels = new[] { "sea" }, truncate = false }));
        using var noRoom = await Post(JsonSerializer.Serialize(new { input = "rain", labels = new[] { "sea", Long } }));

        Assert.Equal(64, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        await AssertRefused(refused, "input");
        await AssertRefused(noRoom, "labels[1]");
    }

    [Theory]
    [InlineData("""{"labels":["a"]}""", "input")]
    [InlineData("""{"input":"a"}""", "labels")]
    [InlineData("""{"input":[],"labels":["a"]}""", "input")]
    [InlineData("""{"input":"a","labels":[]}""", "labels")]
    [InlineData("""{"input":"a","labels":"b,c"}""", "labels")]
    [InlineData("""{"input":"","labels":["a"]}""", "input")]
    [InlineData("""{"input":["a",""],"labels":["a"]}""", "input")]
    [InlineData("""{"input":["a",null],"labels":["a"]}""", "input")]
    [InlineData("""{"input":"a","labels":["b",""]}""", "labels[1]")]
    [InlineData("""{"input":"a","labels":[null]}""", "labels[0]")]
    [InlineData("""{"input":"a","labels":[1]}""", "labels")]
    [InlineData("""{"input":"a","labels":["b"],"hypothesis_template":"none"}""", "hypothesis_template")]
    [InlineData("""{"input":"a","labels":["b"],"hypothesis_template":"{} {"}""", "hypothesis_template")]
    [InlineData("""{"input":"a","labels":["b"],"candidate_labels":["b"]}""", "candidate_labels")]
    [InlineData("""{"input":"a","labels":["b"],"model":"tiny-rerank"}""", "model")]
    [InlineData("""{"input":"a","labels":["b"],"model":"tiny-multilabel"}""", "model")]
    public async Task ZeroShotClassify_InvalidField_Is422WithItsName(string body, string param)
    {
        using var response = await Post(body);

        await AssertRefused(response, param);
    }

    [Fact]
    public async Task ZeroShotClassify_TooMuch_IsRefused()
    {
        using var pairs = await Post(JsonSerializer.Serialize(new { input = Enumerable.Repeat("a", 33), labels = Enumerable.Repeat("b", 32) }));
        using var template = await Post(JsonSerializer.Serialize(new { input = "a", labels = new[] { "b" }, hypothesis_template = "{}" + new string('a', 1024) }));

        await AssertRefused(pairs, "labels");
        await AssertRefused(template, "hypothesis_template");
    }

    [Fact]
    public async Task ZeroShotClassify_ModelThatJudgesNothing_SaysWhatIsMissing()
    {
        using var response = await Post("""{"input":"a","labels":["b"],"model":"tiny-multilabel"}""");

        var message = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString();
        Assert.Equal("The model 'tiny-multilabel' has no label that begins with entail (weather, food, travel): it does not judge hypotheses. Use one trained for natural language inference.", message);
    }

    [Fact]
    public async Task ZeroShotClassify_SeveralThatJudge_AsksForANameOrTakesTheConfigured()
    {
        using var folder = new TemporaryModels();
        folder.CopySmall("tiny-nli", "one");
        folder.CopySmall("tiny-nli", "two");
        const string body = """{"input":"the sea","labels":["rain"]}""";
        using var several = new ModelServerHost(folder.Path);
        using var configured = new ModelServerHost(folder.Path, new Dictionary<string, string?> { ["Models:Defaults:zero-shot-classification"] = "two" });

        using var asked = await (await several.CreateReadyClientAsync()).PostAsync("/v1/zero-shot-classify", new StringContent(body, Encoding.UTF8, "application/json"));
        using var answered = await (await configured.CreateReadyClientAsync()).PostAsync("/v1/zero-shot-classify", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.StatusCode);
        Assert.Equal("two", (await answered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model").GetString());
    }

    [Theory]
    [InlineData(new[] { "contradiction", "neutral", "entailment" }, 2, 0)]
    [InlineData(new[] { "Entailed", "neutral", "contradiction" }, 0, 2)]
    [InlineData(new[] { "not_entailment", "ENTAILMENT" }, 1, 0)]
    [InlineData(new[] { "entailment", "not_entailment" }, 0, 1)]
    public void Entailment_IsFoundByTheLabel(string[] labels, int entails, int contradicts) => Assert.Equal(new(entails, contradicts), Entailment.Of(labels));

    private static (string Label, float Score)[] ScoresOf(JsonElement result)
        => [.. result.GetProperty("labels").EnumerateArray().Select(l => (l.GetProperty("label").GetString()!, l.GetProperty("score").GetSingle()))];

    private static async Task AssertRefused(HttpResponseMessage response, string param)
    {
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.StartsWith(param, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> Classify(object request)
    {
        using var response = await Post(JsonSerializer.Serialize(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> Post(string body)
        => await (await models.Host.CreateReadyClientAsync()).PostAsync("/v1/zero-shot-classify", new StringContent(body, Encoding.UTF8, "application/json"));
}
