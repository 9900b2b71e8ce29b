using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.OpenAI;

/// <summary>Fields by which other servers change an answer were ignored: a client took the answer for what it had asked for.</summary>
public sealed class UnsupportedFieldsTests(TextModels models) : IClassFixture<TextModels>
{
    private static readonly (string Route, string Body)[] Routes =
    [
        ("/v1/completions", """{"prompt":"a","max_tokens":1}"""),
        ("/v1/chat/completions", """{"messages":[{"role":"user","content":"a"}],"max_tokens":1}"""),
    ];

    [Theory]
    [InlineData("grammar", "\"root ::= a\"")]
    [InlineData("json_schema", """{"type":"object"}""")]
    [InlineData("bad_words", """["a"]""")]
    [InlineData("allowed_token_ids", "[5]")]
    [InlineData("prompt_logprobs", "0")]
    [InlineData("use_beam_search", "true")]
    [InlineData("num_beams", "4")]
    [InlineData("length_penalty", "0.5")]
    [InlineData("early_stopping", "true")]
    [InlineData("mirostat", "2")]
    [InlineData("typical_p", "0.5")]
    [InlineData("repeat_penalty", "1.1")]
    [InlineData("do_sample", "false")]
    [InlineData("max_new_tokens", "5")]
    [InlineData("n_predict", "5")]
    [InlineData("min_new_tokens", "5")]
    [InlineData("options", """{"num_predict":5}""")]
    [InlineData("chat_template", "\"x\"")]
    [InlineData("max_surprise", "5")]
    [InlineData("min_surprise", "0")]
    public async Task Post_FieldThatWouldChangeTheAnswer_IsRefusedByName(string field, string value)
    {
        foreach (var (route, body) in Routes)
        {
            using var response = await models.SendAsync(route, With(body, field, value));

            var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal((HttpStatusCode.BadRequest, field, "unsupported_parameter"), (response.StatusCode, error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
            Assert.StartsWith(field, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, "top_logprobs", "2")]
    [InlineData(0, "max_completion_tokens", "5")]
    [InlineData(0, "add_generation_prompt", "false")]
    [InlineData(0, "chat_template_kwargs", """{"a":1}""")]
    [InlineData(0, "documents", """[{"text":"a"}]""")]
    [InlineData(0, "continue_final_message", "true")]
    [InlineData(0, "tools", """[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData(0, "tool_choice", "\"required\"")]
    [InlineData(0, "functions", """[{"name":"f"}]""")]
    [InlineData(1, "best_of", "2")]
    [InlineData(1, "echo", "true")]
    public async Task Post_FieldOfTheOtherRoute_IsRefusedByName(int route, string field, string value)
    {
        using var response = await models.SendAsync(Routes[route].Route, With(Routes[route].Body, field, value));

        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("max_new_tokens", "5", "max_tokens")]
    [InlineData("repeat_penalty", "1.1", "repetition_penalty")]
    [InlineData("prompt_logprobs", "1", "echo")]
    public async Task Post_FieldWithAnotherNameHere_IsToldWhich(string field, string value, string instead)
    {
        using var response = await models.SendAsync(Routes[0].Route, With(Routes[0].Body, field, value));

        Assert.Contains(instead, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"user":"u","metadata":{"a":"b"},"store":true,"service_tier":"auto","seed":1,"prompt_cache_key":"k","safety_identifier":"s","parallel_tool_calls":true}""")]
    [InlineData("""{"cache_prompt":true,"keep_alive":"5m","timeout":60,"priority":1,"request_id":"r","mirostat_tau":5.0,"mirostat_eta":0.1}""")]
    [InlineData("""{"guided_json":null,"bad_words":[],"tool_choice":"none","tools":[],"mirostat":0,"typical_p":1,"length_penalty":1.0,"num_beams":1,"early_stopping":false,"max_surprise":null}""")]
    [InlineData("""{"repeat_penalty":1,"n_probs":0,"min_keep":0,"repeat_last_n":64,"response_format":{"type":"text"},"modalities":["text"],"best_of":1,"do_sample":true,"add_generation_prompt":true,"spaces_between_special_tokens":true,"use_beam_search":false,"grammar":""}""")]
    public async Task Post_FieldsThatChangeNothing_AreIgnored(string fields)
    {
        foreach (var (route, body) in Routes) await models.PostAsync(route, With(body, [.. JsonNode.Parse(fields)!.AsObject()]));
    }

    private static JsonObject With(string body, string field, string value) => With(body, new KeyValuePair<string, JsonNode?>(field, JsonNode.Parse(value)));

    private static JsonObject With(string body, params KeyValuePair<string, JsonNode?>[] fields)
    {
        var all = JsonNode.Parse(body)!.AsObject();
        foreach (var (name, value) in fields) all[name] = value?.DeepClone();
        return all;
    }
}
