using System.Text.Json;
using ModelServer.Tests.TokenClassify;

namespace ModelServer.Tests.FillMask;

public sealed class FillMaskEndpointTests(TokenModels models) : IClassFixture<TokenModels>
{
    private const string Route = "/v1/fill-mask";

    [Fact]
    public async Task FillMask_Texts_AreThoseOfTheReference()
    {
        foreach (var expected in SmallModels.Expected("tiny-mask"))
        {
            var targets = expected.GetProperty("targets");

            var body = await models.AskAsync(Route, new { model = "tiny-mask", input = expected.GetProperty("text").GetString(), targets, top_k = 7 });

            var result = body.GetProperty("results")[0];
            var masks = expected.GetProperty("masks");
            AssertSame(masks[0], result.GetProperty("candidates"));
            Assert.Equal(masks.GetArrayLength() > 1, result.TryGetProperty("masks", out var all));
            for (var i = 0; i < masks.GetArrayLength() && masks.GetArrayLength() > 1; i++) AssertSame(masks[i], all[i].GetProperty("candidates"));
            Assert.Equal(expected.GetProperty("ids").GetArrayLength(), body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task FillMask_OneMask_SpellsTheTextWithoutSpecialTokens()
    {
        var body = await models.AskAsync(Route, new { model = "tiny-mask", input = "The [MASK] was cold, not bad!", targets = "boat" });

        var candidate = body.GetProperty("results")[0].GetProperty("candidates")[0];
        Assert.Equal("boat", candidate.GetProperty("token").GetString());
        Assert.Equal("the boat was cold, not bad!", candidate.GetProperty("sequence").GetString());
        Assert.InRange(candidate.GetProperty("score").GetDouble(), 1e-9, 1);
    }

    [Fact]
    public async Task FillMask_SeveralMasks_LeavesTheOthersInPlace()
    {
        var body = await models.AskAsync(Route, new { model = "tiny-mask", input = new[] { "the [MASK] and the [MASK]", "a [MASK] [PAD]" }, targets = new[] { "boat", "sea" }, top_k = 1 });

        var masks = body.GetProperty("results")[0].GetProperty("masks");
        var (first, second) = (masks[0].GetProperty("candidates")[0], masks[1].GetProperty("candidates")[0]);
        Assert.Equal($"[CLS] the {first.GetProperty("token").GetString()} and the [MASK] [SEP]", first.GetProperty("sequence").GetString());
        Assert.Equal($"[CLS] the [MASK] and the {second.GetProperty("token").GetString()} [SEP]", second.GetProperty("sequence").GetString());
        var alone = body.GetProperty("results")[1].GetProperty("candidates")[0];
        Assert.Equal($"a {alone.GetProperty("token").GetString()}", alone.GetProperty("sequence").GetString());
    }

    [Fact]
    public async Task FillMask_MaskThatTakesTheSpaceBeforeIt_IsFilledWithIt()
    {
        var expected = TokenModels.Expected("letters-mask")[0];

        var body = await models.AskAsync(Route, new { model = "letters-mask", input = "a cat <mask> dogs" });
        var spaced = await models.AskAsync(Route, new { model = "letters-mask", input = "a cat <mask> dogs", targets = new[] { " b", "b" } });

        var candidates = body.GetProperty("results")[0].GetProperty("candidates");
        AssertSame(expected.GetProperty("masks")[0], candidates);
        // What is special is not spelled.
        Assert.All(candidates.EnumerateArray().Where(c => c.GetProperty("id").GetInt32() >= 5), c => Assert.Equal($"a cat{c.GetProperty("token").GetString()} dogs", c.GetProperty("sequence").GetString()));
        Assert.Equal(["a cat b dogs", "a catb dogs"], spaced.GetProperty("results")[0].GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("sequence").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FillMask_Targets_AreTheirFirstTokenOnce()
    {
        var body = await models.AskAsync(Route, new { model = "tiny-mask", input = "[MASK] rain", targets = new[] { "rainy", "rain", "Boats", "[SEP]" } });

        var tokens = body.GetProperty("results")[0].GetProperty("candidates").EnumerateArray().Select(c => c.GetProperty("token").GetString());
        Assert.Equal(["[SEP]", "boat", "rain"], tokens.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task FillMask_OtherTargets_AreRememberedApart()
    {
        foreach (var (targets, cache) in new[] { ("[\"rain\"]", "miss"), ("[\"sun\"]", "miss"), ("null", "miss"), ("null", "hit"), ("[\"sun\",\"sun\"]", "hit") })
        {
            using var response = await models.PostAsync(Route, $$"""{"model":"tiny-mask","input":"snow and [MASK] of this test alone","targets":{{targets}},"top_k":{{(cache == "hit" ? 2 : 1)}}}""");
            Assert.Equal(cache, response.Headers.GetValues("x-cache").Single());
        }
    }

    [Theory]
    [InlineData("""{"model":"tiny-mask","input":"no mask"}""", "input", "[MASK]")]
    [InlineData("""{"model":"tiny-mask","input":["a [MASK]","no <mask>"]}""", "input[1]", "[MASK]")]
    [InlineData("""{"model":"letters-mask","input":"a [MASK]"}""", "input", "<mask>")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","targets":["rain","\ud83d\ude00"]}""", "targets[1]", "vocabulary")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","targets":["\u200b"]}""", "targets[0]", "vocabulary")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","targets":[]}""", "targets", "empty")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","targets":[""]}""", "targets", "empty")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","top_k":0}""", "top_k", "1 to 100")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","top_k":101}""", "top_k", "1 to 100")]
    [InlineData("""{"model":"tiny-mask","input":"[MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK] [MASK]","top_k":99}""", "top_k", "20000")]
    [InlineData("""{"model":"tiny-mask","input":[]}""", "input", "empty")]
    [InlineData("""{"model":"tiny-mask"}""", "input", "required")]
    [InlineData("""{"model":"tiny-tokens","input":"a [MASK]"}""", "model", "fill-mask")]
    [InlineData("""{"model":"tiny-mask","input":"a [MASK]","tokenizer_kwargs":{}}""", "tokenizer_kwargs", "unknown")]
    public async Task FillMask_InvalidField_Is422WithItsName(string body, string param, string message)
    {
        var error = await models.RefusedAsync(Route, body);

        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FillMask_LongText_IsRefusedOrCut()
    {
        var text = $"the [MASK]{string.Concat(Enumerable.Repeat(" rain", 90))}";

        var refused = await models.RefusedAsync(Route, JsonSerializer.Serialize(new { model = "tiny-mask", input = text }));
        var cut = await models.AskAsync(Route, new { model = "tiny-mask", input = text, truncate = true });
        var lost = await models.RefusedAsync(Route, JsonSerializer.Serialize(new { model = "tiny-mask", input = $"{text} [MASK]"[10..], truncate = true }));

        Assert.Equal("input_too_long", refused.GetProperty("code").GetString());
        Assert.Equal(64, cut.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("mask_missing", lost.GetProperty("code").GetString());
    }

    private static void AssertSame(JsonElement expected, JsonElement candidates)
    {
        Assert.Equal(expected.EnumerateArray().Select(c => c.GetProperty("id").GetInt32()), candidates.EnumerateArray().Select(c => c.GetProperty("id").GetInt32()));
        foreach (var (a, b) in expected.EnumerateArray().Zip(candidates.EnumerateArray()))
            Assert.Equal(a.GetProperty("score").GetDouble(), b.GetProperty("score").GetDouble(), 1e-5);
    }
}
