using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.Generate;

public sealed class GenerateEndpointTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Route = "/v1/generate", BatchRoute = "/v1/batch-generate";

    [Fact]
    public async Task Generate_Text_AnswersItsContinuation()
    {
        var completion = await models.PostAsync("/v1/completions", new { prompt = "the old man", max_tokens = 7, temperature = 0 });

        using var response = await models.SendAsync(Route, new { text = "the old man", max_length = 7, temperature = 0 });

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(completion.GetProperty("choices")[0].GetProperty("text").GetString(), answer.GetProperty("generated_text").GetString());
        Assert.Equal("1", answer.GetProperty("model_version").GetString());
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), answer.GetProperty("request_id").GetString());
        Assert.InRange(answer.GetProperty("inference_time").GetDouble(), 0, 600);
        Assert.Equal("7", response.Headers.GetValues("x-usage-completion-tokens").Single());
    }

    [Fact]
    public async Task Generate_MoreThanTheWindowHolds_StopsThere()
    {
        using var response = await models.SendAsync(Route, new { text = "the", max_length = 1000, ignore_eos = true });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("63", response.Headers.GetValues("x-usage-completion-tokens").Single());
    }

    [Theory]
    [InlineData("text", "field_required", """{}""")]
    [InlineData("text", "field_invalid", """{"text":""}""")]
    [InlineData("text", "field_invalid", """{"text":1}""")]
    [InlineData("max_length", "field_invalid", """{"text":"a","max_length":0}""")]
    [InlineData("temperature", "field_invalid", """{"text":"a","temperature":9}""")]
    [InlineData("do_sample", "field_invalid", """{"text":"a","do_sample":true}""")]
    public async Task Generate_InvalidField_IsNamed(string param, string code, string body)
    {
        using var response = await models.SendAsync(Route, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Generate_TextLongerThanTheWindow_IsRefused()
    {
        using var response = await models.SendAsync(Route, new { text = string.Concat(Enumerable.Repeat("the ", 64)) });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task Batch_OneBadItem_FailsAlone()
    {
        object[] requests =
        [
            new { text = "the old man", max_length = 7, temperature = 0 },
            new { text = "the old man", max_length = 0 },
            new { text = 5 },
            new { text = "the", model = "absent" },
            new { text = string.Concat(Enumerable.Repeat("the ", 64)) },
            null!,
            new { text = "the old man", max_length = 3, temperature = 0 },
        ];

        using var response = await models.SendAsync(BatchRoute, new { requests, batch_id = "b1" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("b1", answer.GetProperty("batch_id").GetString());
        Assert.Equal(2, answer.GetProperty("processed_count").GetInt32());
        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([null, "field_invalid", "field_invalid", "model_not_found", "context_length_exceeded", "field_invalid", null], results.Select(Code));
        Assert.StartsWith(results[6].GetProperty("generated_text").GetString(), results[0].GetProperty("generated_text").GetString(), StringComparison.Ordinal);
        Assert.Equal(requests.Length, results.Select(r => r.GetProperty("request_id").GetString()).Distinct().Count());
        Assert.Equal("10", response.Headers.GetValues("x-usage-completion-tokens").Single());
    }

    [Theory]
    [InlineData("requests", """{}""")]
    [InlineData("requests", """{"requests":[]}""")]
    [InlineData("requests", """{"requests":"the"}""")]
    public async Task Batch_NoRequests_IsRefused(string param, string body)
    {
        using var response = await models.SendAsync(BatchRoute, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(param, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    private static string? Code(JsonElement result) => result.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
}
