using System.Net;
using System.Text.Json;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.HuggingFace;

/// <summary>The routes of Text Generation Inference.</summary>
public sealed class TgiRouteTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Prompt = "the old man";

    [Fact]
    public async Task Generate_NoSampling_IsTheMostLikelyContinuation()
    {
        var own = await Own(new { prompt = Prompt, max_tokens = 7, temperature = 0 });

        var answer = await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 7 } });

        Assert.Equal(own.GetProperty("text").GetString(), answer.GetProperty("generated_text").GetString());
        Assert.False(answer.TryGetProperty("details", out _));
    }

    [Theory]
    [InlineData("""{"do_sample":true,"seed":5}""", """{"temperature":1,"seed":5}""")]
    [InlineData("""{"temperature":0.7,"seed":5}""", """{"temperature":0.7,"seed":5}""")]
    [InlineData("""{"top_k":3,"seed":5}""", """{"top_k":3,"seed":5}""")]
    [InlineData("""{"top_p":0.9,"seed":5}""", """{"top_p":0.9,"seed":5}""")]
    [InlineData("""{"seed":5}""", """{"temperature":0}""")]
    [InlineData("""{"repetition_penalty":1.8}""", """{"temperature":0,"repetition_penalty":1.8}""")]
    [InlineData("""{"temperature":1.0,"top_k":null,"do_sample":false}""", """{"temperature":0}""")]
    public async Task Generate_Sampling_IsAsTheFieldsSay(string parameters, string own)
    {
        var (ours, theirs) = (JsonSerializer.Deserialize<Dictionary<string, object?>>(own)!, JsonSerializer.Deserialize<Dictionary<string, object?>>(parameters)!);
        (ours["prompt"], ours["max_tokens"], theirs["max_new_tokens"]) = (Prompt, 9, 9);

        var answer = await models.PostAsync("/generate", new { inputs = Prompt, parameters = theirs });

        Assert.Equal((await Own(ours)).GetProperty("text").GetString(), answer.GetProperty("generated_text").GetString());
    }

    [Fact]
    public async Task Generate_Details_TellTokensThatMakeUpTheText()
    {
        var own = await Own(new { prompt = Prompt, max_tokens = 7, temperature = 0, logprobs = 0, ignore_eos = true });

        var answer = await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 7, details = true, ignore_eos = true, seed = 3 } });

        var details = answer.GetProperty("details");
        Assert.Equal(("length", 7, 3), (details.GetProperty("finish_reason").GetString(), details.GetProperty("generated_tokens").GetInt32(), details.GetProperty("seed").GetInt32()));
        Assert.Empty(details.GetProperty("prefill").EnumerateArray());
        var tokens = details.GetProperty("tokens");
        Assert.Equal(own.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Select(l => l.GetSingle()), tokens.EnumerateArray().Select(t => t.GetProperty("logprob").GetSingle()));
        Assert.Equal(answer.GetProperty("generated_text").GetString(), Text(tokens.EnumerateArray()));
        Assert.Equal(7, tokens.GetArrayLength());
    }

    [Fact]
    public async Task Generate_EndToken_IsSpecialAndNamesTheReason()
    {
        // The bias makes the end token the likeliest, once it may come.
        var parameters = new { max_new_tokens = 9, details = true, min_tokens = 2, logit_bias = new Dictionary<string, int> { ["3"] = 100 } };

        var answer = await models.PostAsync("/generate", new { inputs = Prompt, parameters });
        var events = await Events("/generate_stream", new { inputs = Prompt, parameters });

        var details = answer.GetProperty("details");
        Assert.Equal(("eos_token", 3), (details.GetProperty("finish_reason").GetString(), details.GetProperty("generated_tokens").GetInt32()));
        var tokens = details.GetProperty("tokens").EnumerateArray().ToArray();
        Assert.Equal([false, false, true], tokens.Select(t => t.GetProperty("special").GetBoolean()));
        Assert.Equal(3, tokens[^1].GetProperty("id").GetInt32());
        Assert.Equal(answer.GetProperty("generated_text").GetString(), Text(tokens));
        Assert.Equal(tokens.Select(t => t.ToString()), events.Select(e => e.GetProperty("token").ToString()));
        Assert.Equal(answer.GetProperty("generated_text").GetString(), events[^1].GetProperty("generated_text").GetString());
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("stop_sequences")]
    public async Task Generate_StopString_EndsTheTextAsItsLastPart(string field)
    {
        var whole = (await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 9 } })).GetProperty("generated_text").GetString()!;
        var stop = whole.Trim().Split(' ')[2];

        var answer = await models.PostAsync("/generate", new { inputs = Prompt, parameters = new Dictionary<string, object> { ["max_new_tokens"] = 9, ["details"] = true, [field] = new[] { stop } } });

        Assert.Equal(whole[..(whole.IndexOf(stop, StringComparison.Ordinal) + stop.Length)], answer.GetProperty("generated_text").GetString());
        Assert.Equal("stop_sequence", answer.GetProperty("details").GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Generate_FullTextAndTruncate_AreFollowed()
    {
        var plain = (await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 4 } })).GetProperty("generated_text").GetString();
        var full = await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 4, return_full_text = true } });
        var tokens = (await models.PostAsync("/v1/tokenize", new { model = "plain", text = Prompt })).GetProperty("count").GetInt32();
        using var cut = await models.SendAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 4, truncate = tokens - 1 } });

        Assert.Equal(Prompt + plain, full.GetProperty("generated_text").GetString());
        Assert.Equal($"{tokens - 1}", Assert.Single(cut.Headers.GetValues("x-usage-prompt-tokens")));
    }

    [Fact]
    public async Task GenerateStream_Text_IsAnEventForEachToken()
    {
        var whole = await models.PostAsync("/generate", new { inputs = Prompt, parameters = new { max_new_tokens = 7, details = true } });

        foreach (var (route, stream) in new[] { ("/generate_stream", false), ("/generate", true) })
        {
            var events = await Events(route, new { inputs = Prompt, stream, parameters = new { max_new_tokens = 7, details = true } });

            Assert.Equal(whole.GetProperty("details").GetProperty("tokens").EnumerateArray().Select(t => t.ToString()), events.Select(e => e.GetProperty("token").ToString()));
            Assert.Equal(Enumerable.Range(1, events.Length), events.Select(e => e.GetProperty("index").GetInt32()));
            Assert.All(events[..^1], e => Assert.True(e is { ValueKind: JsonValueKind.Object } && e.GetProperty("generated_text").ValueKind == JsonValueKind.Null && e.GetProperty("details").ValueKind == JsonValueKind.Null));
            Assert.Equal(whole.GetProperty("generated_text").GetString(), events[^1].GetProperty("generated_text").GetString());
            var details = events[^1].GetProperty("details");
            Assert.Equal(whole.GetProperty("details").GetProperty("finish_reason").GetString(), details.GetProperty("finish_reason").GetString());
            Assert.True(details.GetProperty("input_length").GetInt32() > 1);
        }
    }

    [Theory]
    [InlineData("""{}""", "inputs")]
    [InlineData("""{"inputs":""}""", "inputs")]
    [InlineData("""{"inputs":["a"]}""", "inputs")]
    [InlineData("""{"inputs":"a","parameters":{"max_new_tokens":0}}""", "max_new_tokens")]
    [InlineData("""{"inputs":"a","parameters":{"best_of":2}}""", "best_of")]
    [InlineData("""{"inputs":"a","parameters":{"typical_p":0.9}}""", "typical_p")]
    [InlineData("""{"inputs":"a","parameters":{"top_n_tokens":5}}""", "top_n_tokens")]
    [InlineData("""{"inputs":"a","parameters":{"decoder_input_details":true}}""", "decoder_input_details")]
    [InlineData("""{"inputs":"a","parameters":{"watermark":true}}""", "watermark")]
    [InlineData("""{"inputs":"a","parameters":{"grammar":{"type":"json"}}}""", "grammar")]
    [InlineData("""{"inputs":"a","parameters":{"adapter_id":"x"}}""", "adapter_id")]
    [InlineData("""{"inputs":"a","parameters":{"temperature":9}}""", "temperature")]
    [InlineData("""{"inputs":"a","parameters":{"stop":["a"],"stop_sequences":["b"]}}""", "stop_sequences")]
    [InlineData("""{"inputs":"a","parameters":{"num_beams":2}}""", "num_beams")]
    [InlineData("""{"inputs":"a","max_new_tokens":2}""", "max_new_tokens")]
    public async Task Generate_InvalidField_IsAValidationErrorThatNamesIt(string body, string named)
    {
        foreach (var route in new[] { "/generate", "/generate_stream" })
        {
            var error = await new TeiClient(models.Host).Fail(route, body, HttpStatusCode.UnprocessableEntity);

            Assert.Equal("validation", error.GetProperty("error_type").GetString());
            Assert.Contains(named, error.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    private static string Text(IEnumerable<JsonElement> tokens) => string.Concat(tokens.Where(t => !t.GetProperty("special").GetBoolean()).Select(t => t.GetProperty("text").GetString()));

    private async Task<JsonElement> Own(object request) => (await models.PostAsync("/v1/completions", request)).GetProperty("choices")[0];

    private async Task<JsonElement[]> Events(string route, object request)
    {
        using var response = await models.SendAsync(route, request);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Where(l => l.StartsWith("data:", StringComparison.Ordinal)).Select(l => JsonSerializer.Deserialize<JsonElement>(l["data:".Length..]))];
    }
}
