using AppHost.Tests.Platform;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace AppHost.Tests.Clients;

/// <summary>Semantic Kernel over OpenAI's .NET client, unchanged, through the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class SemanticKernelTests(RunningPlatform platform)
{
    private static readonly OpenAIPromptExecutionSettings Short = new() { MaxTokens = 24, Temperature = 0 };

    [Fact]
    public async Task Prompt_QuickStart_IsAnswered()
    {
        var answer = await CreateKernel().InvokePromptAsync("Once upon {{$rest}}", new(Short) { ["rest"] = "a time" });

        Assert.NotEmpty(answer.ToString());
    }

    [Fact]
    public async Task Prompt_Streamed_SaysTheSame()
    {
        var kernel = CreateKernel();
        var whole = await kernel.InvokePromptAsync("Tom had a kite.", new(Short));

        var streamed = "";
        await foreach (var part in kernel.InvokePromptStreamingAsync<string>("Tom had a kite.", new(Short))) streamed += part;

        Assert.Equal(whole.ToString(), streamed);
    }

    [Fact]
    public async Task Chat_History_IsContinuedAndCounted()
    {
        var chat = CreateKernel().GetRequiredService<IChatCompletionService>();
        var history = new ChatHistory("Once upon ");
        history.AddUserMessage("a time");

        var answer = await chat.GetChatMessageContentAsync(history, Short);
        history.Add(answer);
        history.AddUserMessage("And then?");
        var next = await chat.GetChatMessageContentAsync(history, Short);

        Assert.StartsWith(", there was a little girl named Lily", answer.Content, StringComparison.Ordinal);
        Assert.NotEmpty(next.Content!);
        Assert.Equal(24, Assert.IsType<global::OpenAI.Chat.ChatTokenUsage>(answer.Metadata!["Usage"]).OutputTokenCount);
    }

    [Fact]
    public async Task Embeddings_SeveralTexts_HaveAVectorEach()
    {
        var generator = CreateKernel().GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        var vectors = await generator.GenerateAsync(["a cat on a mat", "a boat"]);

        Assert.Equal(2, vectors.Count);
        Assert.NotEqual(vectors[0].Vector.ToArray(), vectors[1].Vector.ToArray());
    }

    [Fact]
    public async Task Prompt_Refused_IsTheKernelsException()
    {
        var absent = await Assert.ThrowsAsync<HttpOperationException>(() => CreateKernel("absent").InvokePromptAsync("Once"));
        var hot = await Assert.ThrowsAsync<HttpOperationException>(() => CreateKernel().InvokePromptAsync("Once", new(new OpenAIPromptExecutionSettings { Temperature = 3 })));

        Assert.Equal((System.Net.HttpStatusCode.NotFound, System.Net.HttpStatusCode.BadRequest), (absent.StatusCode, hot.StatusCode));
        Assert.Contains("temperature", hot.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_StreamLeft_EndsAndTheNextIsAnswered()
    {
        var kernel = CreateKernel();
        using var leaving = new CancellationTokenSource();
        var stream = kernel.InvokePromptStreamingAsync("Once", new(new OpenAIPromptExecutionSettings { MaxTokens = 200 }), cancellationToken: leaving.Token);

        await StreamReading.LeaveAsync(stream, leaving);

        Assert.NotEmpty((await kernel.InvokePromptAsync("Once", new(Short))).ToString());
    }

    [Fact]
    public async Task Prompt_AutomaticFunctions_AreCalledAndAnsweredBy()
    {
        List<string> cities = [];
        var kernel = CreateKernel("chat");
        kernel.Plugins.AddFromFunctions("weather", [KernelFunctionFactory.CreateFromMethod(Weather.Of(cities), Weather.Name, Weather.Description)]);
        var settings = new OpenAIPromptExecutionSettings { Temperature = 0, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

        var whole = (await kernel.InvokePromptAsync(Weather.Question, new(settings))).ToString();
        var streamed = "";
        await foreach (var part in kernel.InvokePromptStreamingAsync<string>(Weather.Question, new(settings))) streamed += part;

        Assert.Equal(["Paris", "Paris"], cities);
        Assert.Contains("18", whole, StringComparison.Ordinal);
        Assert.Equal(whole, streamed);
    }

    private Kernel CreateKernel(string model = "stories")
    {
        var builder = Kernel.CreateBuilder();
        var client = OpenAIClients.Create(platform);
        builder.AddOpenAIChatCompletion(model, client);
#pragma warning disable SKEXP0010 // Embeddings are marked as experimental.
        builder.AddOpenAIEmbeddingGenerator("embedding", client);
#pragma warning restore SKEXP0010
        return builder.Build();
    }
}
