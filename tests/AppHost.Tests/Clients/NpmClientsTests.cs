using AppHost.Tests.Platform;

namespace AppHost.Tests.Clients;

/// <summary>The npm clients that people use, unchanged, through the gateway: the scripts beside this file, each with its cases.</summary>
[Collection(PlatformCollection.Name)]
public class NpmClientsTests(RunningPlatform platform)
{
    private const string OpenAICases =
        "completion|completion stream|completion prompts and stop|completion seed|chat|chat stream|chat stream helper|embeddings|models|unauthorized|forbidden|not found|bad request|rate limit|abort|deadline";

    private const string OpenAIToolCases = "tools|tools stream|tool named|tool runner|json|json stream";

    private const string ResponsesCases = "quick start|text|items|stream|stream helper|conversation|stored responses|tools|json|errors|abort";

    [NpmClientsTheory]
    [InlineData("openai openai", OpenAICases)]
    [InlineData("openai openai-6", OpenAICases)]
    [InlineData("openai-tools openai", OpenAIToolCases)]
    [InlineData("openai-tools openai-6", OpenAIToolCases)]
    [InlineData("langchain-tools", "bindTools|bindTools stream|withStructuredOutput")]
    [InlineData("ai-sdk-tools chat", "tools|tools stream|generateObject|streamObject")]
    [InlineData("ai-sdk-tools responses", "tools|tools stream|generateObject|streamObject")]
    [InlineData("langchain", "quick start|chat|chat stream|chat chain|completion and its stream|embeddings|rerank|errors|abort")]
    [InlineData("ai-sdk", "quick start|chat|chat stream|completion and its stream|embeddings|rerank|errors|abort")]
    [InlineData("responses openai", ResponsesCases)]
    [InlineData("responses openai-6", ResponsesCases)]
    [InlineData("ai-sdk-responses", "quick start|text|stream|conversation|previous response|errors")]
    [InlineData("openai-agents", "run|stream|tools|history|previous response|errors")]
    [InlineData("llamaindex", "quick start|chat|chat stream|completion and its stream|embeddings|errors|abort")]
    [InlineData("huggingface", "quick start|chat|chat stream|text generation and its stream|generate and its stream|embeddings|similarity|classification|errors|abort")]
    [InlineData("cohere", "rerank v1|rerank v2|errors|abort")]
    public async Task Client_DocumentedCalls_AreAnswered(string client, string cases)
    {
        using var gateway = platform.CreateClient(null);
        var environment = new Dictionary<string, string>
        {
            ["GATEWAY"] = gateway.BaseAddress!.ToString().TrimEnd('/'),
            ["TOKEN"] = RunningPlatform.CreateToken(),
            ["LISTING_TOKEN"] = RunningPlatform.CreateToken(scope: "models:read"),
            ["STORE"] = RunningPlatform.Cache == "none" ? "false" : "true",
            ["MODEST_TOKEN"] = RunningPlatform.CreateToken(subject: $"modest {Guid.NewGuid()}", tier: "default"),
        };

        var results = await NpmClients.RunAsync(client, environment);

        Assert.Equal(cases.Split('|').Select(name => $"{name}: ok"), results.Select(result => $"{result.Key}: {result.Value}"));
    }
}
