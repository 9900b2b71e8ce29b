using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace ModelServer.Tests.OpenAI;

/// <summary>The stock OpenAI client, unchanged.</summary>
public sealed class OpenAIClientTests(TextModels models) : IClassFixture<TextModels>
{
    private static readonly ChatMessage[] Messages = [new SystemChatMessage("the "), new UserChatMessage("old man")];

    [Fact]
    public async Task CompleteChat_Messages_Answers()
    {
        var client = await CreateClient();

        var answer = (await client.CompleteChatAsync(Messages, new ChatCompletionOptions { MaxOutputTokenCount = 9, Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 })).Value;

        Assert.Equal("plain", answer.Model);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.NotEmpty(answer.Content.Single().Text);
        Assert.Equal(9, answer.Usage.OutputTokenCount);
        Assert.Equal(9, answer.ContentTokenLogProbabilities.Count);
        Assert.Equal(2, answer.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task CompleteChatStreaming_Messages_GivesTheSameInParts()
    {
        var client = await CreateClient();
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 20, Temperature = 0, StopSequences = { "zebra" } };
        var whole = (await client.CompleteChatAsync(Messages, options)).Value;

        var text = "";
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync(Messages, options))
        {
            text += string.Concat(update.ContentUpdate.Select(p => p.Text));
            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(whole.Content.Single().Text, text);
        Assert.Equal(whole.FinishReason, finish);
        Assert.Equal(whole.Usage.TotalTokenCount, usage!.TotalTokenCount);
    }

    [Fact]
    public async Task CompleteChat_ToolsAndTheirAnswers_Answers()
    {
        var client = await CreateClient();
        var call = ChatToolCall.CreateFunctionToolCall("call_1", "weather", BinaryData.FromString("{\"city\":\"Rome\"}"));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather") }, ToolChoice = ChatToolChoice.CreateAutoChoice(), MaxOutputTokenCount = 5, Temperature = 0 };

        var answer = (await client.CompleteChatAsync([.. Messages, new AssistantChatMessage([call]), new ToolChatMessage("call_1", "sea")], options)).Value;

        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Empty(answer.ToolCalls);
        Assert.NotEmpty(answer.Content.Single().Text);
    }

    [Fact]
    public async Task CompleteChat_ToolWithoutAName_IsTheClientsException()
    {
        var client = await CreateClient();

        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => client.CompleteChatAsync(Messages, new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("the weather") } }));

        Assert.Equal(400, refused.Status);
        Assert.Contains("tools[0].function.name", refused.Message, StringComparison.Ordinal);
    }

    private async Task<ChatClient> CreateClient()
    {
        var http = await models.Host.CreateReadyClientAsync();
        var token = http.DefaultRequestHeaders.Authorization!.Parameter!;
        http.DefaultRequestHeaders.Authorization = null;
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(http.BaseAddress!, "v1"),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        };
        return new ChatClient("plain", new ApiKeyCredential(token), options);
    }
}
