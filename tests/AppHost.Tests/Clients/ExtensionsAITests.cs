using System.ClientModel;
using AppHost.Tests.Platform;
using Microsoft.Extensions.AI;

namespace AppHost.Tests.Clients;

/// <summary>Microsoft.Extensions.AI over OpenAI's .NET client, unchanged, through the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class ExtensionsAITests(RunningPlatform platform)
{
    private static readonly ChatMessage[] Messages = [new(ChatRole.System, "Once upon "), new(ChatRole.User, "a time")];
    private static readonly string[] Sentences = ["a cat on a mat", "a kitten lies on the rug", "shares fell sharply"];

    [Fact]
    public async Task Chat_QuickStart_IsAnswered() => Assert.NotEmpty((await CreateChat().GetResponseAsync("Tom had a kite.")).Text);

    [Fact]
    public async Task Chat_WholeAndStreamed_SayTheSame()
    {
        var client = CreateChat();
        var options = new ChatOptions { MaxOutputTokens = 24, Temperature = 0.8f, TopP = 0.9f, Seed = 11, StopSequences = ["\n"] };

        var whole = await client.GetResponseAsync(Messages, options);
        var streamed = await client.GetStreamingResponseAsync(Messages, options).ToChatResponseAsync();

        Assert.NotEmpty(whole.Text);
        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal((whole.FinishReason, whole.ModelId), (streamed.FinishReason, streamed.ModelId));
        Assert.True(whole.Usage!.OutputTokenCount > 0);
        Assert.Equal(whole.Usage.TotalTokenCount, streamed.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task Embeddings_LikeTexts_AreNearer()
    {
        var generator = OpenAIClients.Create(platform).GetEmbeddingClient("embedding").AsIEmbeddingGenerator();

        var vectors = await generator.GenerateAsync(Sentences);

        Assert.True(Likeness(0, 1) > Likeness(0, 2));
        Assert.True(vectors.Usage!.InputTokenCount > 0);
        Assert.Equal(8, (await generator.GenerateVectorAsync(Sentences[0], new EmbeddingGenerationOptions { Dimensions = 8 })).Length);

        double Likeness(int a, int b) => vectors[a].Vector.ToArray().Zip(vectors[b].Vector.ToArray(), (x, y) => x * y).Sum();
    }

    [Fact]
    public async Task Chat_Refused_IsTheClientsException()
    {
        var absent = await Assert.ThrowsAsync<ClientResultException>(() => CreateChat("absent").GetResponseAsync(Messages));
        var hot = await Assert.ThrowsAsync<ClientResultException>(() => CreateChat().GetResponseAsync(Messages, new ChatOptions { Temperature = 3 }));

        Assert.Equal((404, 400), (absent.Status, hot.Status));
        Assert.Contains("absent", absent.Message, StringComparison.Ordinal);
        Assert.Contains("temperature", hot.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_StreamLeft_EndsAndTheNextIsAnswered()
    {
        using var leaving = new CancellationTokenSource();

        await StreamReading.LeaveAsync(CreateChat().GetStreamingResponseAsync(Messages, new ChatOptions { MaxOutputTokens = 200 }, leaving.Token), leaving);

        Assert.NotEmpty((await CreateChat().GetResponseAsync(Messages, new ChatOptions { MaxOutputTokens = 4 })).Text);
    }

    [Fact]
    public async Task Chat_FunctionInvocation_CallsTheFunctionAndAnswersByIt()
    {
        List<string> cities = [];
        using var client = CreateChat("chat").AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Temperature = 0, Tools = [Weather.Function(cities)] };

        var whole = await client.GetResponseAsync(Weather.Question, options);
        var streamed = await client.GetStreamingResponseAsync(Weather.Question, options).ToChatResponseAsync();

        Assert.Equal(["Paris", "Paris"], cities);
        Assert.Contains("18", whole.Text, StringComparison.Ordinal);
        Assert.Equal(whole.Text, streamed.Text);
    }

    [Fact]
    public async Task Chat_ResponseOfAType_IsOne()
    {
        var person = (await CreateChat("chat").GetResponseAsync<Person>(Person.Sentence, new ChatOptions { Temperature = 0, MaxOutputTokens = 200 })).Result;

        Assert.NotNull(person.Name);
        Assert.NotNull(person.City);
    }

    private IChatClient CreateChat(string model = "stories") => OpenAIClients.Create(platform).GetChatClient(model).AsIChatClient();
}
