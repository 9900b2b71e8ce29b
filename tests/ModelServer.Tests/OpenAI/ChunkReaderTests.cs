using System.Text;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.OpenAI;

namespace ModelServer.Tests.OpenAI;

public class ChunkReaderTests
{
    /// <summary>Text came with the role, and with the finish: clients that look at one member of an event alone lost it.</summary>
    [Fact]
    public void Read_ChatOfTwoChoices_EachBeginsWithTheRoleAndEndsWithoutText()
    {
        var reader = new ChatChunkReader(new(), withLogprobs: false);

        Assert.Equal([new(0, new("assistant", ""), null, null), new(0, new(null, "a"), null, null)], reader.Read(Chunk(0, "a")));
        Assert.Equal([new(1, new("assistant", ""), null, null), new(1, new(null, null), null, "stop")], reader.Read(Chunk(1, "", FinishReason.Stop)));
        Assert.Equal([new(0, new(null, "b"), null, null)], reader.Read(Chunk(0, "b")));
        Assert.Equal([new(0, new(null, "c"), null, null), new(0, new(null, null), null, "length")], reader.Read(Chunk(0, "c", FinishReason.Length)));
    }

    [Fact]
    public void Read_Completions_EndWithoutText()
    {
        var reader = new CompletionChunkReader(top: null);

        Assert.Equal([new(0, "a", null, null!)], reader.Read(Chunk(0, "a")));
        Assert.Equal([new(1, "b", null, null!), new(1, "", null, "stop")], reader.Read(Chunk(1, "b", FinishReason.Stop)));
        Assert.Equal([new(0, "", null, "length")], reader.Read(Chunk(0, "", FinishReason.Length)));
    }

    [Fact]
    public void Nothing_OfAChat_IsTheRoleAtFirst()
    {
        var reader = new ChatChunkReader(new(), withLogprobs: false);

        Assert.Equal(new(2, new("assistant", ""), null, null), reader.Nothing(2));
        Assert.Equal(new(2, new(null, ""), null, null), reader.Nothing(2));
        Assert.Equal([new(2, new(null, "a"), null, null)], reader.Read(Chunk(2, "a")));
    }

    /// <summary>The bytes told were those of U+FFFD, so that no client could put the character together.</summary>
    [Fact]
    public void Read_TokenThatIsPartOfACharacter_HasItsOwnBytes()
    {
        var part = new TokenText(null, [0xF0, 0x9F]);
        var chunk = new TextChunk(0, "", [new(part, -1, 0, [new(part, -1), new(new("a", [97]), -2)])], null);

        var chat = Assert.Single(new ChatChunkReader(new(), withLogprobs: true).Read(chunk).Last().Logprobs!.Content);
        var completion = new CompletionChunkReader(top: 2).Read(chunk)[0].Logprobs!;

        Assert.Equal("\\xf0\\x9f", chat.Token);
        Assert.Equal([0xF0, 0x9F], chat.Bytes);
        Assert.Equal([0xF0, 0x9F], chat.TopLogprobs[0].Bytes);
        Assert.Equal(["bytes:\\xf0\\x9f"], completion.Tokens);
        Assert.Equal(["bytes:\\xf0\\x9f", "a"], completion.TopLogprobs![0]!.Keys);
    }

    [Fact]
    public void Read_EndToken_IsTokenOfACompletionAndNoneOfAMessage()
    {
        var end = new ScoredToken(new("</s>", Encoding.UTF8.GetBytes("</s>")), -1, 5, []) { IsEnd = true };

        Assert.Null(new ChatChunkReader(new(), withLogprobs: true).Read(new(0, "", [end], FinishReason.Stop))[^1].Logprobs);
        Assert.Equal(["</s>"], new CompletionChunkReader(top: 0).Read(new(0, "", [end], FinishReason.Stop))[0].Logprobs!.Tokens);
    }

    private static TextChunk Chunk(int choice, string text, FinishReason? finish = null) => new(choice, text, [], finish);
}
