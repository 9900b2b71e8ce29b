using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.Generation;

/// <summary>It was always <c>max_tokens</c> that was named, and in words that no client knows.</summary>
public sealed class ContextLengthTests(TextModels models) : IClassFixture<TextModels>
{
    private const string Chat = "/v1/chat/completions", Completions = "/v1/completions", Limit = "This model's maximum context length is 64 tokens. However,";
    private static readonly string Long = string.Concat(Enumerable.Repeat("the ", 70));

    [Theory]
    [InlineData(Chat, """{"messages":"short","max_completion_tokens":1000}""", "max_completion_tokens", "requested 1001 tokens (1 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.")]
    [InlineData(Chat, """{"messages":"short","max_tokens":1000}""", "max_tokens", "requested 1001 tokens")]
    [InlineData(Chat, """{"messages":"long","max_completion_tokens":10}""", "messages", "requested 80 tokens (70 in the messages, 10 in the completion).")]
    [InlineData(Chat, """{"messages":"long"}""", "messages", "your messages resulted in 70 tokens. Please reduce the length of the messages.")]
    [InlineData(Completions, """{"prompt":"short","max_tokens":64}""", "max_tokens", "requested 65 tokens (1 in the prompt, 64 in the completion).")]
    [InlineData(Completions, """{"prompt":"long","max_tokens":0,"echo":true}""", "prompt", "requested 70 tokens")]
    [InlineData(Completions, """{"prompt":"50"}""", "prompt", "requested 66 tokens (50 in the prompt, 16 in the completion).")]
    [InlineData("/v1/generate", """{"text":"long"}""", "text", "your text resulted in 70 tokens.")]
    [InlineData("/v1/generate", """{"text":"long","max_length":5}""", "text", "your text resulted in 70 tokens.")]
    public async Task Post_MoreThanTheWindow_NamesTheFieldAtFaultInOpenAIsWords(string route, string body, string param, string message)
    {
        var fields = JsonNode.Parse(body)!.AsObject();
        foreach (var name in new[] { "prompt", "text" })
            if (fields.ContainsKey(name)) fields[name] = TextOf((string)fields[name]!);
        if (fields["messages"] is { } kind) fields["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = TextOf((string)kind!) });

        using var response = await models.SendAsync(route, fields);

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal((param, "context_length_exceeded"), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
        Assert.StartsWith(Limit, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task Post_PromptThatIsToBeTruncated_KeepsItsEnd(int truncate)
    {
        int[] prompt = [.. Enumerable.Range(0, 70).Select(i => 5 + i)];
        var kept = truncate > 0 ? truncate : 64 - 8;

        var answer = await models.PostAsync(Completions, new { prompt, max_tokens = 8, temperature = 0, truncate_prompt_tokens = truncate });
        var expected = await models.PostAsync(Completions, new { prompt = prompt[^kept..], max_tokens = 8, temperature = 0 });

        Assert.Equal(expected.GetProperty("choices").ToString(), answer.GetProperty("choices").ToString());
        Assert.Equal(kept, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    private static string TextOf(string kind) => kind switch
    {
        "short" => "the",
        "long" => Long,
        _ => string.Concat(Enumerable.Repeat("the ", int.Parse(kind))),
    };
}
