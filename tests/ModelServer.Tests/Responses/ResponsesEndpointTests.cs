using System.Text.Json;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.Responses;

public sealed class ResponsesEndpointTests(TextModels models) : IClassFixture<TextModels>
{
    [Fact]
    public async Task Post_Text_AnswersAsChatDoes()
    {
        var chat = await models.PostAsync("/v1/chat/completions", new { messages = new[] { new { role = "user", content = "the old man" } }, max_tokens = 9, temperature = 0 });

        var answer = await (await ClientAsync()).RespondAsync(new { input = "the old man", max_output_tokens = 9, temperature = 0, metadata = new { a = "b" }, user = "u" });

        Assert.Equal(chat.GetProperty("choices")[0].GetProperty("message").Text("content"), answer.OutputText());
        Assert.Matches("^resp_[0-9a-f]{32}$", answer.Text("id"));
        Assert.Equal(("response", "plain", "u", "b", "disabled", "text"), (answer.Text("object"), answer.Text("model"), answer.Text("user"), answer.Text("metadata", "a"), answer.Text("truncation"), answer.Text("text", "format", "type")));
        var usage = answer.GetProperty("usage");
        Assert.Equal(
            (chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), 9, chat.GetProperty("usage").GetProperty("total_tokens").GetInt32()),
            (usage.GetProperty("input_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32()));
        Assert.Equal(("incomplete", "max_output_tokens"), (answer.Text("status"), answer.Text("incomplete_details", "reason")));
        Assert.Equal(("incomplete", "assistant"), (answer.GetProperty("output")[0].Text("status"), answer.GetProperty("output")[0].Text("role")));
        // This server has no Redis.
        Assert.False(answer.GetProperty("store").GetBoolean());
    }

    /// <summary>Clients in languages with types read members that their documentation says are there.</summary>
    [Fact]
    public async Task Post_HasEveryMemberOfOpenAIs()
    {
        var answer = await (await ClientAsync()).RespondAsync(new { input = "a", max_output_tokens = 1 });

        string[] members =
        [
            "id", "object", "created_at", "status", "completed_at", "error", "incomplete_details", "instructions", "max_output_tokens", "model", "output", "parallel_tool_calls", "previous_response_id", "reasoning",
            "store", "temperature", "text", "tool_choice", "tools", "top_p", "truncation", "usage", "user", "metadata", "background", "max_tool_calls", "service_tier", "top_logprobs",
        ];
        Assert.Empty(members.Except(answer.EnumerateObject().Select(m => m.Name)));
        Assert.Equal(JsonValueKind.Number, answer.GetProperty("usage").GetProperty("input_tokens_details").GetProperty("cached_tokens").ValueKind);
        Assert.Equal(JsonValueKind.Number, answer.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").ValueKind);
        var part = answer.GetProperty("output")[0].GetProperty("content")[0];
        Assert.Equal((0, 0), (part.GetProperty("annotations").GetArrayLength(), part.GetProperty("logprobs").GetArrayLength()));
    }

    [Fact]
    public async Task Post_ItemsAndInstructions_ArePromptedInOrder()
    {
        var client = await ClientAsync();
        // A model without a template reads the texts one after the other.
        var expected = await models.PostAsync("/v1/completions", new { prompt = "the young woman", max_tokens = 5, temperature = 0 });

        var answer = await client.RespondAsync(new
        {
            instructions = "the",
            input = new object[]
            {
                new { role = "user", content = " you" },
                new { type = "message", role = "assistant", id = "msg_1", status = "completed", content = new[] { new { type = "output_text", text = "ng", annotations = Array.Empty<object>(), logprobs = Array.Empty<object>() } } },
                new { role = "user", content = new[] { new { type = "input_text", text = " woman" } } },
            },
            max_output_tokens = 5,
            temperature = 0,
        });

        Assert.Equal(expected.GetProperty("choices")[0].Text("text"), answer.OutputText());
        Assert.Equal(expected.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), answer.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"input":"the old man","max_output_tokens":20,"temperature":0}""")]
    [InlineData("""{"input":"the old man","max_output_tokens":20,"temperature":1.3,"seed":1,"top_logprobs":2}""")]
    public async Task Post_Stream_SaysWhatTheWholeAnswerSays(string body)
    {
        var client = await ClientAsync();
        var asked = JsonSerializer.Deserialize<JsonElement>(body);
        var whole = await client.RespondAsync(asked);

        var events = await client.StreamAsync(asked);

        var types = events.Select(e => e.Text("type")!).ToList();
        Assert.Equal(["response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"], types.Take(4));
        Assert.Equal(["response.output_text.done", "response.content_part.done", "response.output_item.done", $"response.{whole.Text("status")}"], types.TakeLast(4));
        var deltas = events.Skip(4).SkipLast(4).ToArray();
        Assert.All(deltas, e => Assert.Equal("response.output_text.delta", e.Text("type")));
        Assert.Equal(whole.OutputText(), string.Concat(deltas.Select(e => e.Text("delta"))));
        Assert.Equal(whole.OutputText(), events[^4].Text("text"));
        var last = events[^1].GetProperty("response");
        Assert.Equal(whole.OutputText(), last.OutputText());
        Assert.Equal(whole.GetProperty("usage").ToString(), last.GetProperty("usage").ToString());
        Assert.Equal(("in_progress", JsonValueKind.Null), (events[0].GetProperty("response").Text("status"), events[0].GetProperty("response").GetProperty("usage").ValueKind));
        Assert.Single(events.Where(e => e.TryGetProperty("response", out _)).Select(e => e.GetProperty("response").Text("id")).Distinct());
        var logprobs = deltas.SelectMany(e => e.GetProperty("logprobs").EnumerateArray()).Select(l => l.Text("token")).ToArray();
        Assert.Equal(whole.GetProperty("output")[0].GetProperty("content")[0].GetProperty("logprobs").EnumerateArray().Select(l => l.Text("token")), logprobs);
        Assert.Equal(asked.TryGetProperty("top_logprobs", out _), logprobs.Length > 0);
    }

    [Fact]
    public async Task Post_StreamThatIsRefused_IsAnOrdinaryError()
    {
        var (status, answer) = await (await ClientAsync()).RespondAsync("""{"input":"a","stream":true,"max_output_tokens":100000}""");

        Assert.Equal((400, "max_output_tokens", "context_length_exceeded"), (status, answer.Text("error", "param"), answer.Text("error", "code")));
    }

    [Theory]
    [InlineData("input", "field_required", """{}""")]
    [InlineData("input", "field_invalid", """{"input":[]}""")]
    [InlineData("input", "field_invalid", """{"input":5}""")]
    [InlineData("input", "field_invalid", """{"input":[null]}""")]
    [InlineData("input", "field_invalid", """{"input":""}""")]
    [InlineData("input[0].role", "field_required", """{"input":[{"content":"a"}]}""")]
    [InlineData("input[1].role", "field_invalid", """{"input":[{"role":"user","content":"a"},{"role":"tool","content":"a"}]}""")]
    [InlineData("input[0].content", "field_required", """{"input":[{"role":"user"}]}""")]
    [InlineData("input[0].content", "field_invalid", """{"input":[{"role":"user","content":[]}]}""")]
    [InlineData("input[0].content[1].type", "unsupported_parameter", """{"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"x"}]}]}""")]
    [InlineData("input[0].content[0].type", "unsupported_parameter", """{"input":[{"role":"user","content":[{"type":"input_file","file_id":"x"}]}]}""")]
    [InlineData("input[0].content[0].type", "unsupported_parameter", """{"input":[{"role":"user","content":[{"type":"input_audio"}]}]}""")]
    [InlineData("input[0].content[0].text", "field_required", """{"input":[{"role":"user","content":[{"type":"input_text"}]}]}""")]
    [InlineData("input[0].type", "unsupported_parameter", """{"input":[{"type":"web_search_call","id":"x"}]}""")]
    [InlineData("input[0].call_id", "field_required", """{"input":[{"type":"function_call","name":"f","arguments":"{}"}]}""")]
    [InlineData("input[0].name", "field_required", """{"input":[{"type":"function_call","call_id":"c","arguments":"{}"}]}""")]
    [InlineData("input[0].arguments", "field_required", """{"input":[{"type":"function_call","call_id":"c","name":"f"}]}""")]
    [InlineData("input[0].output", "field_required", """{"input":[{"type":"function_call_output","call_id":"c"}]}""")]
    [InlineData("input[0].output[0].type", "unsupported_parameter", """{"input":[{"type":"function_call_output","call_id":"c","output":[{"type":"input_image"}]}]}""")]
    [InlineData("input[0].id", "field_required", """{"input":[{"type":"item_reference"}]}""")]
    [InlineData("model", "model_not_found", """{"input":"a","model":"absent"}""")]
    [InlineData("model", "field_invalid", """{"input":"a","model":"mute"}""")]
    [InlineData("max_output_tokens", "field_invalid", """{"input":"a","max_output_tokens":0}""")]
    [InlineData("temperature", "field_invalid", """{"input":"a","temperature":3}""")]
    [InlineData("top_p", "field_invalid", """{"input":"a","top_p":-1}""")]
    [InlineData("top_logprobs", "field_invalid", """{"input":"a","top_logprobs":21}""")]
    [InlineData("truncation", "unsupported_parameter", """{"input":"a","truncation":"auto"}""")]
    [InlineData("background", "unsupported_parameter", """{"input":"a","background":true}""")]
    [InlineData("conversation", "unsupported_parameter", """{"input":"a","conversation":"conv_1"}""")]
    [InlineData("prompt", "unsupported_parameter", """{"input":"a","prompt":{"id":"pmpt_1"}}""")]
    [InlineData("context_management", "unsupported_parameter", """{"input":"a","context_management":[{"type":"compaction"}]}""")]
    [InlineData("include", "unsupported_parameter", """{"input":"a","include":["message.output_text.logprobs","everything"]}""")]
    [InlineData("n", "unsupported_parameter", """{"input":"a","n":2}""")]
    [InlineData("max_tokens", "unsupported_parameter", """{"input":"a","max_tokens":2}""")]
    [InlineData("text.verbosity", "unsupported_parameter", """{"input":"a","text":{"verbosity":"low"}}""")]
    [InlineData("text.format.type", "field_invalid", """{"input":"a","text":{"format":{"type":"xml"}}}""")]
    [InlineData("text.format.name", "field_required", """{"input":"a","text":{"format":{"type":"json_schema","schema":{}}}}""")]
    [InlineData("text.format.schema", "field_required", """{"input":"a","text":{"format":{"type":"json_schema","name":"n"}}}""")]
    [InlineData("text.format.schema", "field_invalid", """{"input":"a","text":{"format":{"type":"json_schema","name":"n","schema":5}}}""")]
    [InlineData("reasoning.effort", "field_invalid", """{"input":"a","reasoning":{"effort":"most"}}""")]
    [InlineData("tools[1].type", "unsupported_parameter", """{"input":"a","tools":[{"type":"function","name":"f"},{"type":"web_search"}]}""")]
    [InlineData("tools[0].name", "field_required", """{"input":"a","tools":[{"type":"function"}]}""")]
    [InlineData("tools[0].name", "field_invalid", """{"input":"a","tools":[{"type":"function","name":"a b"}]}""")]
    [InlineData("tools[1].name", "field_invalid", """{"input":"a","tools":[{"type":"function","name":"f"},{"type":"function","name":"f"}]}""")]
    [InlineData("tools[0].parameters", "field_invalid", """{"input":"a","tools":[{"type":"function","name":"f","parameters":5}]}""")]
    [InlineData("tool_choice", "field_invalid", """{"input":"a","tool_choice":"sometimes"}""")]
    [InlineData("tool_choice", "field_invalid", """{"input":"a","tool_choice":"required"}""")]
    [InlineData("tool_choice.type", "unsupported_parameter", """{"input":"a","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"file_search"}}""")]
    [InlineData("tool_choice.name", "field_invalid", """{"input":"a","tools":[{"type":"function","name":"f"}],"tool_choice":{"type":"function","name":"g"}}""")]
    [InlineData("metadata", "field_invalid", """{"input":"a","metadata":{"a":null}}""")]
    [InlineData("user", "field_duplicate", """{"input":"a","user":"a","user":"b"}""")]
    // Without Redis.
    [InlineData("previous_response_id", "previous_response_not_found", """{"input":"a","previous_response_id":"x"}""")]
    [InlineData("previous_response_id", "unsupported_parameter", """{"input":"a","previous_response_id":"resp_0123456789abcdef0123456789abcdef"}""")]
    [InlineData("store", "unsupported_parameter", """{"input":"a","store":true}""")]
    [InlineData("input[0].type", "unsupported_parameter", """{"input":[{"type":"item_reference","id":"msg_1"}]}""")]
    public async Task Post_InvalidField_IsNamed(string param, string code, string body)
    {
        var (status, answer) = await (await ClientAsync()).RespondAsync(body);

        Assert.Equal((code == "model_not_found" ? 404 : 400, param, code), (status, answer.Text("error", "param"), answer.Text("error", "code")));
    }

    [Theory]
    [InlineData("""{"input":"a","max_output_tokens":1,"service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k","stream_options":{"include_obfuscation":false},"store":false}""")]
    [InlineData("""{"input":"a","max_output_tokens":1,"include":["reasoning.encrypted_content","file_search_call.results"],"max_tool_calls":3,"parallel_tool_calls":false,"truncation":"disabled"}""")]
    [InlineData("""{"input":"a","max_output_tokens":1,"reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"none","tools":null,"metadata":null}""")]
    [InlineData("""{"input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":null},{"role":"user","content":"a","phase":null}],"max_output_tokens":1,"conversation":null,"background":false}""")]
    public async Task Post_HarmlessFields_AreTaken(string body) => Assert.Equal(200, (await (await ClientAsync()).RespondAsync(body)).Status);

    [Fact]
    public async Task Get_WithoutRedis_IsNotFound()
    {
        using var response = await (await ClientAsync()).GetAsync(ResponseCalls.Route + "/resp_0123456789abcdef0123456789abcdef");

        Assert.Equal(404, (int)response.StatusCode);
    }

    private Task<HttpClient> ClientAsync() => models.Host.CreateReadyClientAsync();
}
