using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Constraints;
using ModelServer.OpenAI;
using ModelServer.Tests.Constraints;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.OpenAI;

public sealed class OutputFormatsTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Object = """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""";

    private static readonly JsonSerializerOptions Body = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Theory]
    [InlineData("""{"response_format":{"type":"json_object"}}""", """{"b":[1]}""", "[]")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":""" + Object + "}}}", """{"a":1,"b":2}""", """{"b":2}""")]
    [InlineData("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":""" + Object + "}}}", """{"a":1}""", """{"a":1,"b":2}""")]
    [InlineData("""{"guided_json":""" + Object + "}", """{"a":1}""", "{}")]
    [InlineData("""{"guided_json":"{\"type\":\"integer\"}"}""", "12", "\"12\"")]
    [InlineData("""{"guided_json":{}}""", "[null]", "nil")]
    [InlineData("""{"guided_regex":"a+b?"}""", "aab", "ba")]
    [InlineData("""{"guided_choice":["yes","no"]}""", "no", "maybe")]
    [InlineData("""{"structured_outputs":{"json":{"enum":[1,2]}}}""", "2", "3")]
    [InlineData("""{"structured_outputs":{"regex":"\\d{2}"}}""", "12", "1")]
    [InlineData("""{"structured_outputs":{"choice":["yes","no"]}}""", "yes", "")]
    [InlineData("""{"structured_outputs":{"json_object":true}}""", "{}", "1")]
    [InlineData("""{"structured_outputs":{"disable_additional_properties":true,"json":""" + Object + "}}", """{"a":1}""", """{"a":1,"b":2}""")]
    public void Format_OfEachField_IsWhatItSays(string fields, string right, string wrong)
    {
        var grammar = Read(fields)!.ToGrammar();

        Assert.True(GrammarRecogniser.Accepts(grammar, right));
        Assert.False(GrammarRecogniser.Accepts(grammar, wrong));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"response_format":null,"structured_outputs":null,"guided_json":null,"guided_regex":"","guided_choice":[],"guided_grammar":null}""")]
    [InlineData("""{"response_format":{"type":"text"},"structured_outputs":{}}""")]
    public void Format_OfFieldsThatSayNothing_IsNone(string fields) => Assert.Null(Read(fields));

    [Theory]
    [InlineData("response_format.json_schema.schema", "#/properties/a/not", """{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"not":{}}}}}}}""")]
    [InlineData("response_format.json_schema.schema", "required", """{"response_format":{"type":"json_schema"}}""")]
    [InlineData("response_format.schema", "not supported", """{"response_format":{"type":"json_object","schema":{"type":"object"}}}""")]
    [InlineData("response_format", "json_schema", """{"response_format":{"type":"structural_tag"}}""")]
    [InlineData("guided_json", "#/minimum", """{"guided_json":{"minimum":"1"}}""")]
    [InlineData("guided_json", "JSON schema", """{"guided_json":"{"}""")]
    [InlineData("guided_json", "true or false", """{"guided_json":[1]}""")]
    [InlineData("guided_regex", "lookaround", """{"guided_regex":"a(?=b)"}""")]
    [InlineData("structured_outputs.regex", "backreference", """{"structured_outputs":{"regex":"(a)\\1"}}""")]
    [InlineData("structured_outputs.whitespace_pattern", "not supported", """{"structured_outputs":{"json":{},"whitespace_pattern":" "}}""")]
    [InlineData("guided_choice", "empty", """{"guided_choice":["a",""]}""")]
    [InlineData("guided_regex", "exclude each other", """{"response_format":{"type":"json_object"},"guided_regex":"a"}""")]
    [InlineData("structured_outputs.regex", "exclude each other", """{"structured_outputs":{"choice":["a"],"regex":"a","json":{}}}""")]
    public async Task Post_FormThatCannotBeHad_IsRefusedByName(string param, string message, string fields)
    {
        (string, string)[] routes = [("/v1/completions", """{"prompt":"a","max_tokens":1}"""), ("/v1/chat/completions", """{"messages":[{"role":"user","content":"a"}],"max_tokens":1}""")];
        foreach (var (route, body) in routes)
        {
            var all = JsonNode.Parse(body)!.AsObject();
            foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject()) all[name] = value?.DeepClone();

            using var response = await models.SendAsync(route, all);

            var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal((HttpStatusCode.BadRequest, param), (response.StatusCode, error.GetProperty("param").GetString()));
            Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    private static OutputFormat? Read(string fields)
    {
        var body = JsonNode.Parse(fields)!.AsObject();
        body["prompt"] = "a";
        var request = body.Deserialize<CompletionsRequest>(Body)!;
        Assert.Null(request.ValidateFormat());
        return request.ToOutputFormat();
    }
}
