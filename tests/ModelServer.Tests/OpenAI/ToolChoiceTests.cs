using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>Calls that are demanded, of the shipped generator, which was never taught any: in each form that can be demanded of any model.</summary>
public sealed class ToolChoiceTests(ToolChoiceTests.Server server) : IClassFixture<ToolChoiceTests.Server>
{
    private const string Route = "/v1/chat/completions";

    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"add","parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":0,"maximum":99},"b":{"enum":["x","y"]}},"required":["a","b"],"additionalProperties":false}}},
        {"type":"function","function":{"name":"now"}}]
        """;

    [Theory]
    [InlineData("none")]
    [InlineData("hermes")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("phi4")]
    public async Task Post_NamedTool_IsCalledByItsSchema(string form)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var body = Body($$$"""{"model":"{{{form}}}","messages":[{"role":"user","content":"Tom had a kite."}],{{{Tools}}},"tool_choice":{"type":"function","function":{"name":"add"}},"parallel_tool_calls":false,"max_tokens":400,"seed":{{{seed}}}}""");
            var choice = (await server.PostAsync(body)).GetProperty("choices")[0];

            Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
            Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
            var call = Assert.Single(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
            Assert.Equal("add", call.GetProperty("name").GetString());
            Check(call.GetProperty("arguments").GetString()!);

            body["stream"] = true;
            Assert.Equal(choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").ToString(), await server.StreamAsync(body));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("llama3")]
    public async Task Post_RequiredTools_AreCalled(string form)
    {
        var body = Body($$$"""{"model":"{{{form}}}","messages":[{"role":"user","content":"Tom had a kite."}],{{{Tools}}},"tool_choice":"required","parallel_tool_calls":false,"max_tokens":400,"seed":1,"n":4}""");

        foreach (var choice in (await server.PostAsync(body)).GetProperty("choices").EnumerateArray())
        {
            var call = Assert.Single(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
            if (call.GetProperty("name").GetString() == "add") Check(call.GetProperty("arguments").GetString()!);
            else Assert.Equal(("now", "{}"), (call.GetProperty("name").GetString(), call.GetProperty("arguments").GetString()));
        }
    }

    [Theory]
    [InlineData("hermes")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    public async Task Post_StrictToolsThatMayBeCalled_LeaveTheTextFree(string form)
    {
        var body = Body($$$"""{"model":"{{{form}}}","messages":[{"role":"user","content":"Tom had a kite."}],{{{Tools.Replace("\"name\":\"add\"", "\"strict\":true,\"name\":\"add\"", StringComparison.Ordinal)}}},"max_tokens":20,"temperature":0}""");
        var free = Body($$$"""{"model":"{{{form}}}","messages":[{"role":"user","content":"Tom had a kite."}],"max_tokens":20,"temperature":0}""");

        Assert.Equal(Content(await server.PostAsync(free)), Content(await server.PostAsync(body)));
    }

    [Fact]
    public async Task Post_FormatBesideTools_IsTheFormatOrACall()
    {
        var body = Body($$$"""{"model":"hermes","messages":[{"role":"user","content":"Tom had a kite."}],{{{Tools}}},"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false} } },"max_tokens":400,"seed":1,"n":4}""");

        foreach (var choice in (await server.PostAsync(body)).GetProperty("choices").EnumerateArray())
        {
            if (choice.GetProperty("message").GetProperty("content").GetString() is { } text) Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("ok").ValueKind is JsonValueKind.True or JsonValueKind.False);
            else Assert.NotEmpty(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        }
    }

    private static string Content(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private static JsonObject Body(string json) => JsonNode.Parse(json)!.AsObject();

    private static void Check(string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        Assert.InRange(json.RootElement.GetProperty("a").GetInt32(), 0, 99);
        Assert.Contains(json.RootElement.GetProperty("b").GetString(), new[] { "x", "y" });
        Assert.Equal(2, json.RootElement.EnumerateObject().Count());
    }

    public sealed class Server : IDisposable
    {
        private readonly TemporaryModels _models = new();
        private readonly ModelServerHost _host;

        public Server()
        {
            var stories = Path.Combine(RepositoryPaths.Models, "stories", "1");
            foreach (var form in new[] { "none", "hermes", "llama3", "mistral", "phi4", "harmony" })
            {
                _models.Write($"{form}/1/serving.json", $$"""{"chatTemplate":"none","toolCalls":"{{form}}"}""");
                foreach (var file in new[] { "config.json", "generation_config.json", "model.onnx", "tokenizer.json", "tokenizer_config.json" })
                    File.Copy(Path.Combine(stories, file), Path.Combine(_models.Path, form, "1", file));
            }

            _host = new(_models.Path);
        }

        public async Task<JsonElement> PostAsync(JsonObject body)
        {
            using var response = await (await _host.CreateReadyClientAsync()).PostAsJsonAsync(Route, body);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(response.StatusCode == HttpStatusCode.OK, answer.ToString());
            return answer;
        }

        /// <summary>The function that the deltas of a stream make up.</summary>
        public async Task<string> StreamAsync(JsonObject body)
        {
            using var response = await (await _host.CreateReadyClientAsync()).PostAsJsonAsync(Route, body);
            var data = await new EventReader(await response.Content.ReadAsStreamAsync()).ReadToEndAsync();
            Assert.Equal("[DONE]", data[^1]);
            var calls = data.SkipLast(1)
                .Select(d => JsonSerializer.Deserialize<JsonElement>(d).GetProperty("choices")[0].GetProperty("delta"))
                .Where(d => d.TryGetProperty("tool_calls", out _))
                .Select(d => d.GetProperty("tool_calls")[0].GetProperty("function"))
                .ToArray();
            return JsonSerializer.Serialize(
                new { name = calls[0].GetProperty("name").GetString(), arguments = string.Concat(calls.Select(c => c.GetProperty("arguments").GetString())) },
                new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        }

        public void Dispose()
        {
            _host.Dispose();
            _models.Dispose();
        }
    }
}
