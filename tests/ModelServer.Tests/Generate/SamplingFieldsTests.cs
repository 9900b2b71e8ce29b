using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.Generate;

/// <summary>The fields that every generating route takes, on each of them.</summary>
public sealed class SamplingFieldsTests(TextModels models) : IClassFixture<TextModels>
{
    private static readonly (string Path, string Prompt, int Invalid)[] Routes =
    [
        ("/v1/completions", """{"prompt":"the old man","max_tokens":9}""", 400),
        ("/v1/chat/completions", """{"messages":[{"role":"user","content":"the old man"}],"max_tokens":9}""", 400),
        ("/v1/generate", """{"text":"the old man","max_length":9}""", 422),
    ];

    [Theory]
    [InlineData("""{"temperature":2,"top_k":1}""")]
    [InlineData("""{"temperature":2,"top_p":0}""")]
    [InlineData("""{"temperature":2,"min_p":1}""")]
    [InlineData("""{"temperature":0,"seed":5,"top_k":-1,"top_p":1,"min_p":0,"presence_penalty":0,"frequency_penalty":0,"repetition_penalty":1,"logit_bias":{}}""")]
    public async Task Post_OnlyTheBestTokenIsLeft_IsGreedy(string fields)
    {
        foreach (var (path, prompt, _) in Routes)
            Assert.Equal(await TextAsync(path, prompt, """{"temperature":0}"""), await TextAsync(path, prompt, fields));
    }

    [Theory]
    [InlineData("""{"repetition_penalty":50}""")]
    [InlineData("""{"presence_penalty":2,"frequency_penalty":2}""")]
    [InlineData("""{"logit_bias":{"30":100}}""")]
    [InlineData("""{"temperature":2,"seed":3}""")]
    [InlineData("""{"stop":["e","o","a","n"]}""")]
    public async Task Post_FieldThatMatters_ChangesTheTextOnEveryRoute(string fields)
    {
        var changed = new List<string>();
        foreach (var (path, prompt, _) in Routes)
        {
            Assert.NotEqual(await TextAsync(path, prompt, """{"temperature":0}"""), await TextAsync(path, prompt, """{"temperature":0}""", fields));
            changed.Add(await TextAsync(path, prompt, """{"temperature":0}""", fields));
        }

        Assert.Single(changed.Distinct());
    }

    [Theory]
    [InlineData("temperature", """{"temperature":"hot"}""")]
    [InlineData("temperature", """{"temperature":-0.1}""")]
    [InlineData("top_k", """{"top_k":1.5}""")]
    [InlineData("min_p", """{"min_p":1.1}""")]
    [InlineData("seed", """{"seed":"x"}""")]
    [InlineData("seed", """{"seed":1e30}""")]
    [InlineData("stop", """{"stop":["a",null]}""")]
    [InlineData("stop", """{"stop":5}""")]
    [InlineData("logit_bias", """{"logit_bias":{"x":1}}""")]
    [InlineData("logit_bias", """{"logit_bias":{"5":-100.5}}""")]
    [InlineData("min_tokens", """{"min_tokens":10}""")]
    [InlineData("ignore_eos", """{"ignore_eos":1}""")]
    public async Task Post_InvalidField_IsNamedOnEveryRoute(string field, string fields)
    {
        foreach (var (path, prompt, status) in Routes)
        {
            using var response = await models.SendAsync(path, Merge(prompt, fields));

            var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal((status, "field_invalid"), ((int)response.StatusCode, error.GetProperty("code").GetString()));
            Assert.StartsWith(field, error.GetProperty("param").GetString(), StringComparison.Ordinal);
        }
    }

    private async Task<string> TextAsync(string path, string prompt, params string[] fields)
    {
        var answer = await models.PostAsync(path, Merge([prompt, .. fields]));
        if (path == "/v1/generate") return answer.GetProperty("generated_text").GetString()!;
        var choice = answer.GetProperty("choices")[0];
        return (choice.TryGetProperty("text", out var text) ? text : choice.GetProperty("message").GetProperty("content")).GetString()!;
    }

    private static JsonObject Merge(params string[] parts)
    {
        var body = new JsonObject();
        foreach (var (name, value) in parts.SelectMany(p => JsonNode.Parse(p)!.AsObject())) body[name] = value?.DeepClone();
        return body;
    }
}
