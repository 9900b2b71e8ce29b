using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.OpenAI;

public sealed class ChatCompletionsEndpointTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Route = "/v1/chat/completions";
    private static readonly object[] Hello = [new { role = "user", content = "the old man" }];

    [Fact]
    public async Task Post_NoTemplate_ContinuesTheTexts()
    {
        var completion = await models.PostAsync("/v1/completions", new { prompt = "the old man", max_tokens = 9, temperature = 0 });

        var answer = await models.PostAsync(Route, new { messages = new object[] { new { role = "developer", content = "the " }, new { role = "user", content = new[] { new { type = "text", text = "old " }, new { type = "text", text = "man" } } } }, max_completion_tokens = 9, temperature = 0 });

        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.StartsWith("chatcmpl-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        var choice = Assert.Single(answer.GetProperty("choices").EnumerateArray());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal(completion.GetProperty("choices")[0].GetProperty("text").GetString(), choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(completion.GetProperty("usage").ToString(), answer.GetProperty("usage").ToString());
    }

    [Fact]
    public async Task Post_ChatMl_MarksTheTurns()
    {
        var rendered = await models.PostAsync("/v1/tokenize", new { model = "chatml", text = "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n", add_special_tokens = false });

        var answer = await models.PostAsync(Route, new { model = "chatml", messages = new[] { new { role = "user", content = "a" } }, max_tokens = 1 });

        Assert.Equal(rendered.GetProperty("count").GetInt32(), answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_NoMaxTokens_FillsTheWindow()
    {
        var answer = await models.PostAsync(Route, new { messages = Hello, ignore_eos = true, temperature = 0 });

        Assert.Equal(64, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"max_tokens":20,"temperature":0}""")]
    [InlineData("""{"max_completion_tokens":20,"temperature":1.3,"seed":1,"n":3,"stop":"an","logprobs":true,"top_logprobs":2}""")]
    public async Task Post_Stream_SaysWhatTheWholeAnswerSays(string fields)
    {
        var body = JsonSerializer.Deserialize<Dictionary<string, object>>(fields)!;
        body["messages"] = Hello;
        var whole = await models.PostAsync(Route, body);
        body["stream_options"] = new { include_usage = true };

        var events = await models.StreamAsync(Route, body);

        Assert.All(events, e => Assert.Equal("chat.completion.chunk", e.GetProperty("object").GetString()));
        Assert.Equal(whole.GetProperty("usage").ToString(), events[^1].GetProperty("usage").ToString());
        var parts = events.SelectMany(e => e.GetProperty("choices").EnumerateArray()).ToLookup(c => c.GetProperty("index").GetInt32());
        foreach (var choice in whole.GetProperty("choices").EnumerateArray())
        {
            var own = parts[choice.GetProperty("index").GetInt32()].ToArray();
            Assert.Equal("assistant", own[0].GetProperty("delta").GetProperty("role").GetString());
            Assert.All(own.Skip(1), c => Assert.False(c.GetProperty("delta").TryGetProperty("role", out _)));
            var content = string.Concat(own.Select(c => c.GetProperty("delta").TryGetProperty("content", out var part) ? part.GetString() : ""));
            Assert.Equal(choice.GetProperty("message").GetProperty("content").GetString(), content);
            Assert.Equal(choice.GetProperty("finish_reason").GetString(), own[^1].GetProperty("finish_reason").GetString());
            if (choice.GetProperty("logprobs") is { ValueKind: JsonValueKind.Object } logprobs)
                Assert.Equal(Items(logprobs), own.Select(c => c.GetProperty("logprobs")).Where(l => l.ValueKind == JsonValueKind.Object).SelectMany(Items));
        }

        // Which choices share a step differs from run to run, and rounding with it.
        static IEnumerable<(string?, float)> Items(JsonElement logprobs)
            => logprobs.GetProperty("content").EnumerateArray().Select(t => (t.GetProperty("token").GetString(), MathF.Round(t.GetProperty("logprob").GetSingle(), 3)));
    }

    [Fact]
    public async Task Post_Logprobs_TellsBytesAndTheBest()
    {
        var answer = await models.PostAsync(Route, new { messages = Hello, max_tokens = 4, temperature = 0, logprobs = true, top_logprobs = 2 });

        foreach (var token in answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray())
        {
            byte[] bytes = [.. token.GetProperty("bytes").EnumerateArray().Select(b => b.GetByte())];
            Assert.Equal(token.GetProperty("token").GetString(), Encoding.UTF8.GetString(bytes));
            Assert.Equal(2, token.GetProperty("top_logprobs").GetArrayLength());
            Assert.Equal(token.GetProperty("logprob").GetSingle(), token.GetProperty("top_logprobs")[0].GetProperty("logprob").GetSingle());
        }
    }

    [Theory]
    [InlineData("messages", "field_required", """{}""")]
    [InlineData("messages", "field_invalid", """{"messages":[]}""")]
    [InlineData("messages[0].role", "field_invalid", """{"messages":[{"content":"a"}]}""")]
    [InlineData("messages[0].role", "field_invalid", """{"messages":[null]}""")]
    [InlineData("messages[1].role", "field_invalid", """{"messages":[{"role":"user","content":"a"},{"role":"robot","content":"a"}]}""")]
    [InlineData("messages[0].content", "field_invalid", """{"messages":[{"role":"user","content":null}]}""")]
    [InlineData("messages[0].content", "unsupported_parameter", """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""")]
    [InlineData("messages[0].content", "unsupported_parameter", """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{}}]}]}""")]
    [InlineData("messages[0].content", "unsupported_parameter", """{"messages":[{"role":"user","content":[{"type":"file","file":{}}]}]}""")]
    [InlineData("messages[0].content", "field_invalid", """{"messages":[{"role":"user","content":[{"type":"refusal","refusal":"No."}]}]}""")]
    [InlineData("messages[0].content", "field_invalid", """{"messages":[{"role":"user","content":[]}]}""")]
    [InlineData("messages[0].content", "field_invalid", """{"messages":[{"role":"assistant","content":null}]}""")]
    [InlineData("messages", "field_invalid", """{"messages":[{"role":"user","content":""}]}""")]
    [InlineData("model", "field_invalid", """{"model":"mute","messages":[{"role":"user","content":"a"}]}""")]
    [InlineData("max_completion_tokens", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"max_completion_tokens":0}""")]
    [InlineData("top_logprobs", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"top_logprobs":2}""")]
    [InlineData("top_logprobs", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"logprobs":true,"top_logprobs":21}""")]
    [InlineData("response_format", "unsupported_parameter", """{"messages":[{"role":"user","content":"a"}],"response_format":{"type":"xml"}}""")]
    [InlineData("messages[0].role", "field_invalid", """{"messages":[{"role":"robot","content":"a"}]}""")]
    [InlineData("messages[0].tool_call_id", "field_required", """{"messages":[{"role":"tool","content":"a"}]}""")]
    [InlineData("messages[1].tool_call_id", "field_invalid", """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"2","content":"a"}]}""")]
    [InlineData("messages[0].name", "field_invalid", """{"messages":[{"role":"function","name":"f","content":"a"}]}""")]
    [InlineData("messages[0].tool_calls[0].id", "field_invalid", """{"messages":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}]}""")]
    [InlineData("messages[0].tool_calls[0].function", "field_invalid", """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function"}]}]}""")]
    [InlineData("messages[0].tool_calls[0].function.arguments", "field_invalid", """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f"}}]}]}""")]
    [InlineData("messages[0].tool_calls[0].type", "unsupported_parameter", """{"messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"custom","custom":{}}]}]}""")]
    [InlineData("messages[0].tool_calls", "field_invalid", """{"messages":[{"role":"user","content":"a","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}]}""")]
    [InlineData("messages[0].function_call", "field_invalid", """{"messages":[{"role":"assistant","function_call":{"name":"f"}}]}""")]
    [InlineData("messages[0].reasoning_content", "field_invalid", """{"messages":[{"role":"user","content":"a","reasoning_content":"b"}]}""")]
    [InlineData("tools[0].type", "unsupported_parameter", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"web_search"}]}""")]
    [InlineData("tools[0].type", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[null]}""")]
    [InlineData("tools[0].function", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function"}]}""")]
    [InlineData("tools[0].function.name", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f g"}}]}""")]
    [InlineData("tools[0].function.name", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f\n"}}]}""")]
    [InlineData("tools[0].function.parameters", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":[]}}]}""")]
    [InlineData("tools[0].function.parameters", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"array"}}}]}""")]
    [InlineData("tools", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"f"}}]}""")]
    [InlineData("functions", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}],"functions":[{"name":"g"}]}""")]
    [InlineData("tool_choice", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tool_choice":"required"}""")]
    [InlineData("tool_choice", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"any"}""")]
    [InlineData("tool_choice", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"g"}}}""")]
    [InlineData("tool_choice", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}}}""")]
    [InlineData("function_call", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"functions":[{"name":"f"}],"function_call":{"name":"g"}}""")]
    [InlineData("function_call", "field_invalid", """{"messages":[{"role":"user","content":"a"}],"function_call":"auto"}""")]
    [InlineData("audio", "unsupported_parameter", """{"messages":[{"role":"user","content":"a"}],"audio":{"voice":"x"}}""")]
    [InlineData("modalities", "unsupported_parameter", """{"messages":[{"role":"user","content":"a"}],"modalities":["text","audio"]}""")]
    [InlineData("prediction", "unsupported_parameter", """{"messages":[{"role":"user","content":"a"}],"prediction":{"type":"content"}}""")]
    public async Task Post_InvalidField_IsNamed(string param, string code, string body)
    {
        using var response = await models.SendAsync(Route, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Post_BothMaxima_CountsTheNewerName()
    {
        var answer = await models.PostAsync(Route, new { messages = Hello, max_tokens = 3, max_completion_tokens = 5, ignore_eos = true });

        Assert.Equal(5, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_ConversationLongerThanTheWindow_IsRefused()
    {
        using var response = await models.SendAsync(Route, new { messages = new[] { new { role = "user", content = string.Concat(Enumerable.Repeat("the ", 70)) } } });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("context_length_exceeded", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
    }

    /// <summary>They were refused, although assistants' messages have them.</summary>
    [Fact]
    public async Task Post_RefusalOfAnAssistant_IsItsText()
    {
        static object Conversation(object content) => new { messages = new object[] { new { role = "user", content = "a" }, new { role = "assistant", content } }, max_tokens = 1, temperature = 0 };

        var parts = await models.PostAsync(Route, Conversation(new object[] { new { type = "refusal", refusal = "the " }, new { type = "text", text = "old man" } }));
        var text = await models.PostAsync(Route, Conversation("the old man"));

        Assert.Equal(text.GetProperty("usage").ToString(), parts.GetProperty("usage").ToString());
    }

    [Theory]
    [InlineData("image_url")]
    [InlineData("input_audio")]
    [InlineData("file")]
    [InlineData("hologram")]
    public async Task Post_PartOfAnotherType_IsNamedInTheMessage(string type)
    {
        using var response = await models.SendAsync(Route, new { messages = new[] { new { role = "user", content = new[] { new { type } } } } });

        Assert.Contains($"type {type}", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_FieldsThatSayNothing_AreAccepted()
        => await models.PostAsync(Route, JsonSerializer.Deserialize<JsonElement>(
            """{"messages":[{"role":"user","content":"a","name":"b"}],"max_tokens":1,"tools":[],"tool_choice":"none","response_format":{"type":"text"},"modalities":["text"],"metadata":{},"store":false,"user":"u","stop":null}"""));
}
