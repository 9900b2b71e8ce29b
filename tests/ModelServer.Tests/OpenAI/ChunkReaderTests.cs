using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.OpenAI;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.OpenAI;

public class ChunkReaderTests
{
    [Fact]
    public void Read_ChatOfTwoChoices_EachBeginsWithTheRole()
    {
        var reader = new ChatChunkReader(withLogprobs: false);

        Assert.Equal([new(0, new("assistant", "a"), null, null)], reader.Read(Chunk(0, "a")));
        Assert.Equal([new(1, new("assistant", ""), null, "stop")], reader.Read(Chunk(1, "", FinishReason.Stop)));
        Assert.Equal([new(0, new(null, "b"), null, null)], reader.Read(Chunk(0, "b")));
        Assert.Equal([new(0, new(null, null), null, "length")], reader.Read(Chunk(0, "", FinishReason.Length)));
    }

    [Fact]
    public void Read_EchoOfTwoPromptsWithTwoChoices_PutsEachPromptInFrontOnce()
    {
        var request = new CompletionsRequest(new PromptInput { Texts = ["first ", "second "] }) { N = 2, Echo = true };
        var reader = new CompletionChunkReader(request, model: null!);

        string[] begun = [.. Enumerable.Range(0, 4).SelectMany(choice => reader.Read(Chunk(choice, "a"))).Select(c => c.Text)];

        Assert.Equal(["first a", "first a", "second a", "second a"], begun);
        Assert.Equal([new(3, "b", null, "stop")], reader.Read(Chunk(3, "b", FinishReason.Stop)));
    }

    [Fact]
    public void Read_CompletionsWithoutEcho_AreTheirTexts()
    {
        var reader = new CompletionChunkReader(new(new PromptInput { Texts = ["first "] }), model: null!);

        Assert.Equal([new(0, "a", null, null!)], reader.Read(Chunk(0, "a")));
    }

    private static TextChunk Chunk(int choice, string text, FinishReason? finish = null) => new(choice, text, [], finish);
}
