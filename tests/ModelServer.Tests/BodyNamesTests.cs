using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests;

/// <summary>Members of bodies are matched by their exact names, each at most once, as the gateway does that reserves and routes by them.</summary>
public sealed class BodyNamesTests(TextModels models) : IClassFixture<TextModels>
{
    /// <summary>Names were matched whatever their case: <c>MAX_TOKENS</c> escaped the reservation, <c>N</c> made several answers of one.</summary>
    [Theory]
    [InlineData("""{"model":"plain","prompt":"the","max_tokens":1,"MAX_TOKENS":4,"ignore_eos":true}""", 1, 1)]
    [InlineData("""{"model":"plain","prompt":"the","Max_Tokens":4,"ignore_eos":true}""", 16, 1)]
    [InlineData("""{"model":"plain","prompt":"the","max_tokens":2,"n":1,"N":3,"ignore_eos":true}""", 2, 1)]
    [InlineData("""{"model":"plain","Model":"none","PROMPT":["a","b"],"prompt":"the","max_tokens":2,"ignore_eos":true}""", 2, 1)]
    public async Task Completions_NamesInAnotherCase_AreOthers(string body, int tokens, int choices)
    {
        var (status, answer) = await PostAsync("/v1/completions", body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(tokens, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(choices, answer.GetProperty("choices").GetArrayLength());
    }

    [Theory]
    [InlineData("/v1/completions", """{"model":"plain","prompt":"the","max_tokens":1,"max_tokens":40}""", "max_tokens")]
    [InlineData("/v1/completions", """{"model":"plain","mod\u0065l":"other","prompt":"the"}""", "model")]
    [InlineData("/v1/chat/completions", """{"model":"plain","messages":[{"role":"user","role":"system","content":"a"}]}""", "messages[0].role")]
    [InlineData("/v1/chat/completions", """{"model":"plain","messages":[{"role":"user","content":[{"type":"text","text":"a","text":"b"}]}]}""", "messages[0].content[0].text")]
    [InlineData("/v1/chat/completions", """{"model":"plain","messages":[],"logit_bias":{"1":2,"1":3}}""", "logit_bias.1")]
    [InlineData("/v1/generate", """{"text":"a","text":"b"}""", "text")]
    [InlineData("/v1/batch-generate", """{"requests":[{"text":"a","text":"b"}]}""", "requests[0].text")]
    [InlineData("/v1/classify", """{"input":"a","input":"b"}""", "input")]
    [InlineData("/v1/question-answer", """{"inputs":[{"question":"a","context":"b","question":"c"}]}""", "inputs[0].question")]
    [InlineData("/v1/zero-shot-classify", """{"input":"a","labels":["a"],"labels":["b"]}""", "labels")]
    [InlineData("/v1/rerank", """{"query":"a","documents":["a"],"query":"b"}""", "query")]
    [InlineData("/v1/token-classify", """{"input":"a","stride":1,"stride":2}""", "stride")]
    [InlineData("/v1/fill-mask", """{"input":"a","targets":["b"],"targets":["c"]}""", "targets")]
    public async Task Member_ThatIsThereTwice_Is400ByName(string route, string body, string param)
    {
        var (status, answer) = await PostAsync(route, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("field_duplicate", answer.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(param, answer.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("""{"text":"a","max_length":"3"}""", "max_length", "must be a whole number from -2147483648 to 2147483647, not a string")]
    [InlineData("""{"text":"a","Max_Length":3}""", "Max_Length", "is unknown")]
    [InlineData("""{"text":"\ud800"}""", "text", "has a lone surrogate")]
    [InlineData("""{"text":"a","stop":[1]}""", "stop", "has a wrong type")]
    [InlineData("""{"text":"a","temperature":"b"}""", "temperature", "must be a number, not a string")]
    [InlineData("5", null, "The body must be an object, not a whole number")]
    public async Task BatchItem_ThatIsWrong_IsToldWhatIs(string item, string? param, string message)
    {
        var (status, answer) = await PostAsync("/v1/batch-generate", $$"""{"requests":[{"text":"the","max_length":1,"model":"plain"},{{item}}]}""");

        Assert.Equal((HttpStatusCode.OK, 1), (status, answer.GetProperty("processed_count").GetInt32()));
        var error = answer.GetProperty("results")[1].GetProperty("error");
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"text","text":"a","\ud800":1}""")]
    [InlineData("""{"type":"text","text":"\ud800"}""")]
    public async Task ContentPart_WithALoneSurrogate_IsRefused(string part)
    {
        var (status, answer) = await PostAsync("/v1/chat/completions", $$"""{"model":"plain","messages":[{"role":"user","content":[{{part}}]}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("messages[0].content", answer.GetProperty("error").GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(string route, string body)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var response = await client.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }
}
