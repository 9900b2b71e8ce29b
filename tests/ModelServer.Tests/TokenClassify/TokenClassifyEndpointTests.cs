using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ModelServer.Tests.TokenClassify;

public sealed class TokenClassifyEndpointTests(TokenModels models) : IClassFixture<TokenModels>
{
    private const string Route = "/v1/token-classify";

    /// <summary>Texts that fit and texts in windows, every aggregation, with and without the label O: as numpy makes them of the same weights.</summary>
    [Theory]
    [InlineData("tiny-tokens")]
    [InlineData("letters")]
    public async Task TokenClassify_Texts_AreThoseOfTheReference(string model)
    {
        var cases = model == "letters" ? TokenModels.Expected(model) : SmallModels.Expected(model);

        foreach (var group in cases.GroupBy(c => (c.GetProperty("aggregation").GetString(), c.GetProperty("stride").GetInt32(), c.GetProperty("ignore_labels").GetRawText())))
        {
            var body = await models.AskAsync(Route, new
            {
                model,
                input = group.Select(c => c.GetProperty("text").GetString()),
                aggregation = group.Key.Item1,
                stride = group.Key.Item2,
                ignore_labels = JsonSerializer.Deserialize<string[]>(group.Key.Item3),
            });

            Assert.Equal(model, body.GetProperty("model").GetString());
            foreach (var (expected, result) in group.Zip(body.GetProperty("results").EnumerateArray())) AssertSame(expected, result);
        }
    }

    [Fact]
    public async Task TokenClassify_Defaults_AreSimpleWithoutO()
    {
        var texts = SmallModels.Expected("tiny-tokens").Where(c => c.GetProperty("stride").GetInt32() == 15 && c.GetProperty("ignore_labels").GetArrayLength() == 1);
        var expected = texts.First(c => c.GetProperty("aggregation").GetString() == "simple" && c.GetProperty("text").GetString()!.Length > 400);

        var body = await models.AskAsync(Route, new { input = expected.GetProperty("text").GetString() });

        AssertSame(expected, body.GetProperty("results")[0]);
        Assert.Equal(body.GetProperty("usage").GetProperty("total_tokens").GetInt32(), body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.False(body.GetProperty("results")[0].GetProperty("entities")[0].TryGetProperty("word", out _));
    }

    [Fact]
    public async Task TokenClassify_Truncate_CutsInsteadOfReadingOn()
    {
        var longText = string.Join(' ', Enumerable.Repeat("the river", 60));

        var cut = await models.AskAsync(Route, new { input = longText, truncate = true, aggregation = "none", ignore_labels = Array.Empty<string>() });
        var whole = await models.AskAsync(Route, new { input = longText, aggregation = "none", ignore_labels = Array.Empty<string>() });

        Assert.Equal(62, cut.GetProperty("results")[0].GetProperty("entities").GetArrayLength());
        Assert.Equal(64, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(120, whole.GetProperty("results")[0].GetProperty("entities").GetArrayLength());
        // Three windows of 62, 62 and 26 tokens, two special ones in each.
        Assert.Equal(120 + 15 + 15 + 6, whole.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task TokenClassify_SameTextAgain_IsRememberedWhateverTheAggregation()
    {
        foreach (var aggregation in new[] { "simple", "max" })
        {
            using var response = await models.PostAsync(Route, $$"""{"input":"the old boat of this test alone","aggregation":"{{aggregation}}"}""");
            Assert.Equal(aggregation == "simple" ? "miss" : "hit", response.Headers.GetValues("x-cache").Single());
        }
    }

    [Fact]
    public async Task TokenClassify_TextWithoutTokens_HasNoEntities()
    {
        var body = await models.AskAsync(Route, new { input = new[] { "\u200b", "the sea" }, aggregation = "first", ignore_labels = Array.Empty<string>() });

        Assert.Equal(0, body.GetProperty("results")[0].GetProperty("entities").GetArrayLength());
        Assert.NotEqual(0, body.GetProperty("results")[1].GetProperty("entities").GetArrayLength());
    }

    [Theory]
    [InlineData("""{}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":""}""", "input")]
    [InlineData("""{"input":["a",""]}""", "input")]
    [InlineData("""{"input":["a",1]}""", "input")]
    [InlineData("""{"input":{"text":"a"}}""", "input")]
    [InlineData("""{"input":"a","aggregation":"None"}""", "aggregation")]
    [InlineData("""{"input":"a","aggregation":"words"}""", "aggregation")]
    [InlineData("""{"input":"a","ignore_labels":[null]}""", "ignore_labels")]
    [InlineData("""{"input":"a","ignore_labels":"O"}""", "ignore_labels")]
    [InlineData("""{"input":"a","stride":-1}""", "stride")]
    [InlineData("""{"input":"a","stride":32}""", "stride")]
    [InlineData("""{"input":"a","stride":1,"truncate":true}""", "stride")]
    [InlineData("""{"input":"a","aggregation_strategy":"max"}""", "aggregation_strategy")]
    [InlineData("""{"input":"a","model":"tiny-mask"}""", "model")]
    public async Task TokenClassify_InvalidField_Is422WithItsName(string body, string param)
        => Assert.StartsWith(param, (await models.RefusedAsync(Route, body)).GetProperty("param").GetString(), StringComparison.Ordinal);

    [Fact]
    public async Task TokenClassify_TooManyInputs_IsRefused()
    {
        using var response = await models.PostAsync(Route, JsonSerializer.Serialize(new { input = Enumerable.Repeat("a", 1025) }));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    private static void AssertSame(JsonElement expected, JsonElement result)
    {
        var text = expected.GetProperty("text").GetString()!;
        var runes = text.EnumerateRunes().ToArray();
        var (wanted, found) = (expected.GetProperty("entities").EnumerateArray().ToArray(), result.GetProperty("entities").EnumerateArray().ToArray());
        Assert.Equal(wanted.Select(Described), found.Select(Described));
        foreach (var (a, b) in wanted.Zip(found))
        {
            Assert.Equal(a.GetProperty("score").GetDouble(), b.GetProperty("score").GetDouble(), 1e-5);
            Assert.Equal(string.Concat(runes[a.GetProperty("start").GetInt32()..a.GetProperty("end").GetInt32()]), b.GetProperty("text").GetString());
        }
    }

    private static string Described(JsonElement entity) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entity.GetProperty("label")} {entity.GetProperty("start")}-{entity.GetProperty("end")} {(entity.TryGetProperty("word", out var word) ? $"{word} {entity.GetProperty("index")}" : "")}");
}
