using System.ClientModel;
using AppHost.Tests.Platform;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace AppHost.Tests.Clients;

/// <summary>The .NET client of OpenAI, unchanged, through the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class OpenAIClientTests(RunningPlatform platform)
{
    private static readonly ChatMessage[] Messages = [new SystemChatMessage("Once upon "), new UserChatMessage("a time")];
    private static readonly string[] Sentences = ["a cat on a mat", "a kitten lies on the rug", "shares fell sharply"];

    [Fact]
    public async Task Chat_WholeAndStreamed_SayTheSame()
    {
        var client = CreateClient().GetChatClient("stories");
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 24, Temperature = 0.8f, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
#pragma warning disable OPENAI001 // Seeds are marked as experimental.
        options.Seed = 11;
#pragma warning restore OPENAI001
        var whole = (await client.CompleteChatAsync(Messages, options)).Value;

        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync(Messages, options))
        {
            text += string.Concat(update.ContentUpdate.Select(p => p.Text));
            usage ??= update.Usage;
        }

        Assert.Equal(whole.Content.Single().Text, text);
        Assert.Equal(24, whole.Usage.OutputTokenCount);
        Assert.Equal(24, whole.ContentTokenLogProbabilities.Count);
        Assert.Equal(whole.Usage.TotalTokenCount, usage!.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Length, whole.FinishReason);
    }

    [Fact]
    public async Task Embeddings_LikeTexts_AreNearer()
    {
        var client = CreateClient().GetEmbeddingClient("embedding");

        var vectors = (await client.GenerateEmbeddingsAsync(Sentences)).Value.Select(e => e.ToFloats().ToArray()).ToArray();

        Assert.True(Likeness(vectors[0], vectors[1]) > Likeness(vectors[0], vectors[2]));
        var shorter = (await client.GenerateEmbeddingAsync(Sentences[0], new EmbeddingGenerationOptions { Dimensions = 8 })).Value;
        Assert.Equal(8, shorter.ToFloats().Length);

        static double Likeness(float[] a, float[] b) => a.Zip(b, (x, y) => x * y).Sum();
    }

    [Fact]
    public async Task Models_ListAndOne_AreRead()
    {
        var client = CreateClient().GetOpenAIModelClient();

        Assert.Contains("stories", (await client.GetModelsAsync()).Value.Select(m => m.Id));
        Assert.Equal("stories", (await client.GetModelAsync("stories")).Value.Id);
    }

    [Theory]
    [InlineData("absent", "infer", 404)]
    [InlineData("stories", "models:read", 403)]
    [InlineData("stories", null, 401)]
    [InlineData("embedding", "infer", 400)]
    public async Task Chat_Refused_IsTheClientsException(string model, string? scope, int status)
    {
        var client = CreateClient(scope is null ? "sk-none" : RunningPlatform.CreateToken(scope)).GetChatClient(model);

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync(Messages));

        Assert.Equal(status, refused.Status);
    }

    [Fact]
    public async Task Chat_FieldOutOfRange_IsNamedInTheException()
    {
        var client = CreateClient().GetChatClient("stories");

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync(Messages, new ChatCompletionOptions { Temperature = 3 }));

        Assert.Equal(400, refused.Status);
        Assert.Contains("temperature", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_StreamLeft_EndsAndTheNextIsAnswered()
    {
        var client = CreateClient().GetChatClient("stories");
        using var leaving = new CancellationTokenSource();

        await StreamReading.LeaveAsync(client.CompleteChatStreamingAsync(Messages, new ChatCompletionOptions { MaxOutputTokenCount = 200 }, leaving.Token), leaving);

        Assert.Equal(ChatFinishReason.Length, (await client.CompleteChatAsync(Messages, new ChatCompletionOptions { MaxOutputTokenCount = 4 })).Value.FinishReason);
    }

    private OpenAIClient CreateClient(string? key = null) => OpenAIClients.Create(platform, key);
}
