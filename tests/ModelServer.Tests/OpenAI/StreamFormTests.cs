using System.Text.Json;

namespace ModelServer.Tests.OpenAI;

/// <summary>The form of a stream's events, which clients depend on more than on their texts.</summary>
public sealed class StreamFormTests(TextModels models) : IClassFixture<TextModels>
{
    private static readonly (string Route, string Body)[] Routes =
    [
        ("/v1/completions", """{"prompt":["the old man","a boat"]}"""),
        ("/v1/chat/completions", """{"messages":[{"role":"user","content":"the old man"}]}"""),
    ];

    [Theory]
    [InlineData("""{"max_tokens":9,"temperature":0}""")]
    [InlineData("""{"max_tokens":9,"temperature":1.5,"seed":3,"n":3}""")]
    [InlineData("""{"max_tokens":20,"temperature":0,"stop":["a","e"]}""")]
    [InlineData("""{"max_tokens":20,"temperature":1,"seed":1,"logit_bias":{"3":9}}""")]
    [InlineData("""{"max_tokens":1,"temperature":0,"logit_bias":{"3":100}}""")]
    public async Task Stream_EventWithAFinish_IsTheLastOfItsChoiceAndHasNoText(string fields)
    {
        foreach (var (route, body) in Routes)
        {
            foreach (var choice in await ChoicesAsync(route, body, fields))
            {
                Assert.Equal("", Text(choice[^1]) ?? "");
                Assert.NotNull(choice[^1].GetProperty("finish_reason").GetString());
                Assert.All(choice.SkipLast(1), c => Assert.Null(c.GetProperty("finish_reason").GetString()));
            }
        }
    }

    [Theory]
    [InlineData("""{"max_tokens":9,"temperature":1.5,"seed":3,"n":3}""")]
    [InlineData("""{"max_tokens":1,"temperature":0,"logit_bias":{"3":100},"logprobs":true}""")]
    public async Task Chat_FirstEventOfAChoice_HasTheRoleAndEmptyContent(string fields)
    {
        foreach (var choice in await ChoicesAsync(Routes[1].Route, Routes[1].Body, fields))
        {
            Assert.Equal("""{"role":"assistant","content":""}""", choice[0].GetProperty("delta").ToString());
            Assert.Equal("{}", choice[^1].GetProperty("delta").ToString());
            Assert.All(choice.Skip(1), c => Assert.False(c.GetProperty("delta").TryGetProperty("role", out _)));
        }
    }

    [Fact]
    public async Task Stream_WithUsage_IsNullInEveryEventButTheLast()
    {
        foreach (var (route, body) in Routes)
        {
            var events = await models.StreamAsync(route, Merge(body, """{"max_tokens":3,"stream_options":{"include_usage":true}}"""));

            Assert.All(events.SkipLast(1), e => Assert.Equal(JsonValueKind.Null, e.GetProperty("usage").ValueKind));
            Assert.Equal(0, events[^1].GetProperty("choices").GetArrayLength());
            Assert.True(events[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32() > 3);
        }
    }

    [Fact]
    public async Task Stream_WithoutUsage_HasNoSuchMember()
    {
        foreach (var (route, body) in Routes)
            Assert.All(await models.StreamAsync(route, Merge(body, """{"max_tokens":3}""")), e => Assert.False(e.TryGetProperty("usage", out _)));
    }

    /// <summary>openai-go up to 3.42 takes every empty line for the end of an event, and one without data for one that is broken.</summary>
    [Fact]
    public async Task Stream_ForAParserThatKnowsNoEmptyEvents_IsWhatItIsForOneByTheStandard()
    {
        foreach (var (route, body) in Routes)
        {
            using var response = await models.SendAsync(route, Merge(body, """{"max_tokens":9,"stream":true}"""));
            EventParsers.AssertAgree(await response.Content.ReadAsStringAsync());
        }
    }

    private async Task<JsonElement[][]> ChoicesAsync(string route, string body, string fields)
    {
        // Each route has its own kind of this field.
        if (route == "/v1/completions") fields = fields.Replace("\"logprobs\":true", "\"logprobs\":1", StringComparison.Ordinal);
        var events = await models.StreamAsync(route, Merge(body, fields));
        return [.. events.SelectMany(e => e.GetProperty("choices").EnumerateArray()).GroupBy(c => c.GetProperty("index").GetInt32()).Select(g => g.ToArray())];
    }

    private static string? Text(JsonElement choice)
        => choice.TryGetProperty("text", out var text) ? text.GetString() : choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null;

    private static Dictionary<string, JsonElement> Merge(params string[] parts)
        => parts.SelectMany(p => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(p)!).ToDictionary();
}
