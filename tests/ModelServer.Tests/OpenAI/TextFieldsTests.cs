namespace ModelServer.Tests.OpenAI;

/// <summary>Fields that say where a text ends and what belongs to it; they were ignored.</summary>
public sealed class TextFieldsTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Route = "/v1/completions";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopTokenIds_EndTheTextAndAreNoPartOfIt(bool ignoreEos)
    {
        var (prompt, ids, _) = TextModels.Reference(1);
        var end = ids[4];
        var first = Array.IndexOf(ids, end);

        var answer = await models.PostAsync(Route, new { prompt, max_tokens = 12, temperature = 0, stop_token_ids = new[] { end }, ignore_eos = ignoreEos });

        var choice = answer.GetProperty("choices")[0];
        Assert.Equal((TextModels.Text(ids[..first]), "stop"), (choice.GetProperty("text").GetString(), choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(first + 1, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task IncludeStopStrInOutput_KeepsTheStringThatEndsTheText()
    {
        var (prompt, ids, text) = TextModels.Reference(0);
        var stop = text[6..9];

        var without = await TextAsync(new { prompt, max_tokens = ids.Length, temperature = 0, stop });
        var with = await TextAsync(new { prompt, max_tokens = ids.Length, temperature = 0, stop, include_stop_str_in_output = true });

        Assert.Equal(without + stop, with);
    }

    [Fact]
    public async Task SkipSpecialTokens_False_TellsThem()
    {
        // An end token that is not taken for one.
        var body = new Dictionary<string, object> { ["prompt"] = new[] { 16 }, ["max_tokens"] = 2, ["temperature"] = 0, ["ignore_eos"] = true, ["logit_bias"] = new Dictionary<string, int> { ["3"] = 100 } };
        Assert.Equal("", await TextAsync(body));

        body["skip_special_tokens"] = false;

        Assert.Contains("[SEP]", await TextAsync(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_OfTextsAndLists_IsAnsweredInOrder()
    {
        var (prompt, _, text) = TextModels.Reference(0);

        var answer = await models.PostAsync(Route, new { prompt = new object[] { "the old man", prompt, "a boat" }, max_tokens = 30, temperature = 0 });

        Assert.Equal(3, answer.GetProperty("choices").GetArrayLength());
        Assert.StartsWith(answer.GetProperty("choices")[1].GetProperty("text").GetString()!, text, StringComparison.Ordinal);
    }

    private async Task<string?> TextAsync(object body) => (await models.PostAsync(Route, body)).GetProperty("choices")[0].GetProperty("text").GetString();
}
