using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.OpenAI;

public sealed class CompletionsEndpointTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Route = "/v1/completions";

    [Fact]
    public async Task Post_TokenIds_AnswersTheReferenceContinuation()
    {
        var (prompt, ids, text) = TextModels.Reference(0);

        using var response = await models.SendAsync(Route, new { prompt, max_tokens = ids.Length, temperature = 0 });

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        Assert.StartsWith("cmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("fp_", answer.GetProperty("system_fingerprint").GetString(), StringComparison.Ordinal);
        Assert.Equal("plain", answer.GetProperty("model").GetString());
        Assert.InRange(answer.GetProperty("created").GetInt64(), 1_600_000_000, 10_000_000_000);
        var choice = Assert.Single(answer.GetProperty("choices").EnumerateArray());
        Assert.Equal(0, choice.GetProperty("index").GetInt32());
        Assert.Equal(text, choice.GetProperty("text").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind);
        AssertUsage(answer, prompt.Length, ids.Length);
        Assert.Equal("1", response.Headers.GetValues("x-model-version").Single());
        Assert.Equal($"{prompt.Length}", response.Headers.GetValues("x-usage-prompt-tokens").Single());
        Assert.Equal($"{ids.Length}", response.Headers.GetValues("x-usage-completion-tokens").Single());
    }

    [Fact]
    public async Task Post_Text_IsTokenizedAsTheTokenizerDoes()
    {
        var byText = await models.PostAsync(Route, new { prompt = "the old man", max_tokens = 8, temperature = 0 });
        var tokens = await models.PostAsync("/v1/tokenize", new { model = "plain", text = "the old man" });

        var byIds = await models.PostAsync(Route, new { prompt = tokens.GetProperty("ids"), max_tokens = 8, temperature = 0 });

        Assert.Equal(Text(byIds), Text(byText));
        AssertUsage(byText, tokens.GetProperty("count").GetInt32(), 8);
    }

    [Fact]
    public async Task Post_NoMaxTokens_GeneratesSixteen()
        => AssertUsage(await models.PostAsync(Route, new { prompt = new[] { 16 }, temperature = 0 }), 1, 16);

    [Fact]
    public async Task Post_SeveralPromptsAndChoices_AnswersThemInOrder()
    {
        var (first, second) = (TextModels.Reference(0), TextModels.Reference(1));

        var answer = await models.PostAsync(Route, new { prompt = new[] { first.Prompt, second.Prompt }, n = 2, max_tokens = 5, temperature = 0 });

        var (a, b) = (TextModels.Text(first.Ids[..5]), TextModels.Text(second.Ids[..5]));
        Assert.Equal([a, a, b, b], Texts(answer));
        AssertUsage(answer, first.Prompt.Length + second.Prompt.Length, 20);
    }

    [Fact]
    public async Task Post_Echo_PutsThePromptInFront()
    {
        var answer = await models.PostAsync(Route, new { prompt = new[] { "the old man", "a boat" }, echo = true, max_tokens = 2, temperature = 0 });
        var without = await models.PostAsync(Route, new { prompt = new[] { "the old man", "a boat" }, max_tokens = 2, temperature = 0 });

        Assert.Equal(["the old man" + Texts(without)[0], "a boat" + Texts(without)[1]], Texts(answer));
    }

    [Fact]
    public async Task Post_StopAcrossTokens_EndsBeforeIt()
    {
        var (prompt, ids, text) = TextModels.Reference(0);
        // From the middle of one token into the next.
        var boundary = TextModels.Text(ids[..6]).Length;
        var stop = text[(boundary - 1)..(boundary + 2)];
        var start = text.IndexOf(stop, StringComparison.Ordinal);

        var answer = await models.PostAsync(Route, new { prompt, stop = new[] { "absent", stop }, max_tokens = ids.Length, temperature = 0 });

        Assert.Equal(text[..start], Text(answer));
        Assert.Equal("stop", Finish(answer));
        Assert.InRange(answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), 1, 8);
    }

    [Fact]
    public async Task Post_EndToken_EndsAndIsNoText()
    {
        var body = new { prompt = new[] { 16 }, max_tokens = 20, temperature = 0, logit_bias = new Dictionary<string, int> { ["3"] = 100 } };

        var answer = await models.PostAsync(Route, body);
        var later = await models.PostAsync(Route, new { body.prompt, body.max_tokens, body.temperature, body.logit_bias, min_tokens = 4 });
        var never = await models.PostAsync(Route, new { body.prompt, body.max_tokens, body.temperature, body.logit_bias, ignore_eos = true });

        Assert.Equal(("", "stop"), (Text(answer), Finish(answer)));
        AssertUsage(answer, 1, 1);
        Assert.Equal("stop", Finish(later));
        AssertUsage(later, 1, 5);
        Assert.Equal("length", Finish(never));
        AssertUsage(never, 1, 20);
    }

    [Fact]
    public async Task Post_Seed_MakesChoicesRepeatable()
    {
        var body = new { prompt = new[] { 16 }, n = 3, seed = -7L, temperature = 2, max_tokens = 12 };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => models.PostAsync(Route, body)));

        Assert.All(answers, a => Assert.Equal(Texts(answers[0]), Texts(a)));
        Assert.Equal(3, Texts(answers[0]).Distinct().Count());
    }

    [Fact]
    public async Task Post_Logprobs_TellsTokensThatMakeUpTheText()
    {
        var (prompt, ids, _) = TextModels.Reference(1);

        var answer = await models.PostAsync(Route, new { prompt, max_tokens = ids.Length, temperature = 0, logprobs = 3 });

        var logprobs = Choice(answer).GetProperty("logprobs");
        var (tokens, chosen, offsets) = (Strings(logprobs, "tokens"), logprobs.GetProperty("token_logprobs").Floats(), logprobs.GetProperty("text_offset").Floats());
        Assert.Equal(ids.Length, tokens.Length);
        Assert.Equal(Text(answer), string.Concat(tokens).TrimStart());
        for (var i = 0; i < tokens.Length; i++)
        {
            var top = logprobs.GetProperty("top_logprobs")[i].EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetSingle());
            Assert.Equal(3, top.Count);
            Assert.Equal(chosen[i], top[tokens[i]]);
            Assert.Equal(chosen[i], top.Values.Max());
            Assert.InRange(top.Values.Sum(logprob => Math.Exp(logprob)), 0, 1.0001);
            Assert.StartsWith(tokens[i].Trim(), (TextModels.Text(prompt) + Text(answer))[(int)offsets[i]..].TrimStart(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"max_tokens":30,"temperature":0}""")]
    [InlineData("""{"max_tokens":30,"temperature":1.5,"seed":5,"n":4,"top_k":20,"top_p":0.9,"min_p":0.01,"presence_penalty":0.5,"frequency_penalty":0.5,"repetition_penalty":1.1}""")]
    [InlineData("""{"max_tokens":30,"temperature":1.5,"seed":6,"n":2,"stop":["a","the "],"logprobs":2}""")]
    [InlineData("""{"max_tokens":3,"temperature":1,"seed":6,"echo":true}""")]
    public async Task Post_Stream_SaysWhatTheWholeAnswerSays(string fields)
    {
        var body = JsonSerializer.Deserialize<Dictionary<string, object>>(fields)!;
        body["prompt"] = new[] { 29, 37, 30 };
        var whole = await models.PostAsync(Route, body);
        body["stream_options"] = new { include_usage = true };

        var events = await models.StreamAsync(Route, body);

        Assert.Single(events.Select(e => e.GetProperty("id").GetString()).Distinct());
        Assert.All(events, e => Assert.Equal("text_completion", e.GetProperty("object").GetString()));
        Assert.Empty(events[^1].GetProperty("choices").EnumerateArray());
        Assert.Equal(whole.GetProperty("usage").ToString(), events[^1].GetProperty("usage").ToString());
        var parts = events.SelectMany(e => e.GetProperty("choices").EnumerateArray()).ToLookup(c => c.GetProperty("index").GetInt32());
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var own = parts[choice.GetProperty("index").GetInt32()].ToArray();
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(own.Select(c => c.GetProperty("text").GetString())));
            Assert.Equal(choice.GetProperty("finish_reason").GetString(), own[^1].GetProperty("finish_reason").GetString());
            Assert.All(own.SkipLast(1), c => Assert.Equal(JsonValueKind.Null, c.GetProperty("finish_reason").ValueKind));
            if (choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs)
                foreach (var list in new[] { "tokens", "token_logprobs", "top_logprobs", "text_offset" })
                    Assert.Equal(logprobs.GetProperty(list).EnumerateArray().Select(v => v.ToString()), own.Where(c => c.GetProperty("logprobs").ValueKind == JsonValueKind.Object).SelectMany(c => c.GetProperty("logprobs").GetProperty(list).EnumerateArray()).Select(v => v.ToString()));
        }
    }

    [Fact]
    public async Task Post_StreamWithoutUsage_HasNoneInItsText()
    {
        using var response = await models.SendAsync(Route, new { prompt = new[] { 16 }, max_tokens = 4, temperature = 0, stream = true });
        var events = new EventReader(await response.Content.ReadAsStreamAsync());

        var data = await events.ReadToEndAsync();

        Assert.DoesNotContain(data, d => d.Contains("usage", StringComparison.Ordinal));
        Assert.Empty(events.Comments);
    }

    [Theory]
    [InlineData("prompt", "field_required", """{}""")]
    [InlineData("prompt", "field_invalid", """{"prompt":""}""")]
    [InlineData("prompt", "field_invalid", """{"prompt":[]}""")]
    [InlineData("prompt", "field_invalid", """{"prompt":["a",""]}""")]
    [InlineData("prompt", "field_invalid", """{"prompt":[143]}""")]
    [InlineData("prompt", "field_invalid", """{"prompt":[-1]}""")]
    [InlineData("max_tokens", "field_invalid", """{"prompt":"a","max_tokens":-1}""")]
    [InlineData("stop_token_ids", "field_invalid", """{"prompt":"a","stop_token_ids":[143]}""")]
    [InlineData("stop_token_ids", "field_invalid", """{"prompt":"a","stop_token_ids":[-1],"min_tokens":2}""")]
    [InlineData("truncate_prompt_tokens", "field_invalid", """{"prompt":"a","truncate_prompt_tokens":0}""")]
    [InlineData("max_tokens", "context_length_exceeded", """{"prompt":"a","max_tokens":64}""")]
    [InlineData("temperature", "field_invalid", """{"prompt":"a","temperature":2.1}""")]
    [InlineData("temperature", "field_invalid", """{"prompt":"a","temperature":-1}""")]
    [InlineData("top_p", "field_invalid", """{"prompt":"a","top_p":1.01}""")]
    [InlineData("top_k", "field_invalid", """{"prompt":"a","top_k":-2}""")]
    [InlineData("min_p", "field_invalid", """{"prompt":"a","min_p":2}""")]
    [InlineData("repetition_penalty", "field_invalid", """{"prompt":"a","repetition_penalty":0}""")]
    [InlineData("presence_penalty", "field_invalid", """{"prompt":"a","presence_penalty":3}""")]
    [InlineData("frequency_penalty", "field_invalid", """{"prompt":"a","frequency_penalty":-3}""")]
    [InlineData("logit_bias", "field_invalid", """{"prompt":"a","logit_bias":{"5":101}}""")]
    [InlineData("logit_bias", "field_invalid", """{"prompt":"a","logit_bias":{"143":1}}""")]
    [InlineData("stop", "field_invalid", """{"prompt":"a","stop":["a","b","c","d","e"]}""")]
    [InlineData("stop", "field_invalid", """{"prompt":"a","stop":""}""")]
    [InlineData("n", "field_invalid", """{"prompt":"a","n":0}""")]
    [InlineData("n", "field_invalid", """{"prompt":"a","n":129}""")]
    [InlineData("best_of", "unsupported_parameter", """{"prompt":"a","best_of":2}""")]
    [InlineData("suffix", "unsupported_parameter", """{"prompt":"a","suffix":"b"}""")]
    [InlineData("logprobs", "field_invalid", """{"prompt":"a","logprobs":6}""")]
    [InlineData("min_tokens", "field_invalid", """{"prompt":"a","min_tokens":17}""")]
    [InlineData("stream_options", "field_invalid", """{"prompt":"a","stream_options":{"include_usage":true}}""")]
    [InlineData("model", "model_invalid", """{"prompt":"a","model":"tiny-embedding"}""")]
    public async Task Post_InvalidField_IsNamed(string param, string code, string body)
    {
        using var response = await models.SendAsync(Route, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Post_InvalidFieldOfAStream_IsAnOrdinaryError()
    {
        using var response = await models.SendAsync(Route, new { prompt = "a", max_tokens = 500, stream = true });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Post_UnknownModel_IsNotFound()
    {
        using var response = await models.SendAsync(Route, new { model = "absent", prompt = "a" });

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static void AssertUsage(JsonElement answer, int prompt, int completion)
        => Assert.Equal(
            $$$"""{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{completion}}},"total_tokens":{{{prompt + completion}}},"prompt_tokens_details":{"cached_tokens":0}}""",
            answer.GetProperty("usage").ToString());

    private static JsonElement Choice(JsonElement answer) => answer.GetProperty("choices")[0];

    private static string Text(JsonElement answer) => Choice(answer).GetProperty("text").GetString()!;

    private static string Finish(JsonElement answer) => Choice(answer).GetProperty("finish_reason").GetString()!;

    private static string[] Texts(JsonElement answer) => [.. answer.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];

    private static string[] Strings(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(e => e.GetString()!)];
}
