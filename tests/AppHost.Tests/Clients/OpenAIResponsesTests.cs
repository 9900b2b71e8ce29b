using System.ClientModel;
using AppHost.Tests.Platform;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // The client's part for Responses is marked as experimental.

namespace AppHost.Tests.Clients;

/// <summary>The .NET client of OpenAI on its Responses, unchanged, through the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class OpenAIResponsesTests(RunningPlatform platform)
{
    [Fact]
    public async Task Response_QuickStart_IsAnswered()
        => Assert.NotEmpty((await CreateClient().CreateResponseAsync("stories", "Tom had a kite.")).Value.GetOutputText());

    [Fact]
    public async Task Response_WholeAndStreamed_SayTheSame()
    {
        var client = CreateClient();
        ResponseResult whole = await client.CreateResponseAsync(Options("a time"));

        var (text, kinds) = ("", new List<Type>());
        ResponseResult? last = null;
        var streaming = Options("a time");
        streaming.StreamingEnabled = true;
        await foreach (var update in await client.CreateResponseStreamingAsync(streaming))
        {
            kinds.Add(update.GetType());
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            if (update is StreamingResponseIncompleteUpdate incomplete) last = incomplete.Response;
        }

        Assert.NotEmpty(text);
        Assert.Equal(whole.GetOutputText(), text);
        Assert.Equal(whole.GetOutputText(), last!.GetOutputText());
        Assert.Equal((ResponseStatus.Incomplete, 12), (whole.Status, whole.Usage.OutputTokenCount));
        Assert.Equal(whole.Usage.TotalTokenCount, last.Usage.TotalTokenCount);
        Assert.Equal([typeof(StreamingResponseCreatedUpdate), typeof(StreamingResponseInProgressUpdate), typeof(StreamingResponseOutputItemAddedUpdate)], kinds.Take(3));
        Assert.Equal("stories", whole.Model);
    }

    [Fact]
    public async Task Response_Conversation_GoesOn()
    {
        var client = CreateClient();
        ResponseResult first = await client.CreateResponseAsync(Options("a time"));
        var next = Options(" Then");
        next.PreviousResponseId = first.Id;
        if (RunningPlatform.Cache == "none")
        {
            var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.CreateResponseAsync(next));
            Assert.Equal(400, refused.Status);
            return;
        }

        ResponseResult second = await client.CreateResponseAsync(next);
        ResponseResult kept = await client.GetResponseAsync(first.Id);
        var items = 0;
        await foreach (var item in client.GetResponseInputItemsAsync(second.Id)) items += item is MessageResponseItem ? 1 : 0;
        await client.DeleteResponseAsync(first.Id);

        Assert.Equal(first.Id, second.PreviousResponseId);
        Assert.True(second.Usage.InputTokenCount > first.Usage.OutputTokenCount);
        Assert.Equal(first.GetOutputText(), kept.GetOutputText());
        Assert.Equal(3, items);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync(first.Id))).Status);
    }

    [Fact]
    public async Task Response_Refused_IsTheClientsException()
    {
        var options = Options("a time");
        options.Temperature = 3;

        var hot = await Assert.ThrowsAsync<ClientResultException>(() => CreateClient().CreateResponseAsync(options));

        Assert.Equal(400, hot.Status);
        Assert.Contains("temperature", hot.Message, StringComparison.Ordinal);
    }

    /// <summary>Its streams are of another version of the client.</summary>
    [Fact]
    public async Task ExtensionsAI_QuickStart_IsAnswered()
    {
        var answer = await CreateClient().AsIChatClient("stories").GetResponseAsync("a time", new ChatOptions { MaxOutputTokens = 12, Temperature = 0, Instructions = "Once upon " });

        Assert.NotEmpty(answer.Text);
        Assert.Equal((ChatFinishReason.Length, 12), (answer.FinishReason, answer.Usage!.OutputTokenCount));
    }

    private static CreateResponseOptions Options(string text)
    {
        var options = new CreateResponseOptions { Model = "stories", Instructions = "Once upon ", MaxOutputTokenCount = 12, Temperature = 0 };
        options.InputItems.Add(ResponseItem.CreateUserMessageItem(text));
        return options;
    }

    private ResponsesClient CreateClient() => OpenAIClients.Create(platform).GetResponsesClient();
}
