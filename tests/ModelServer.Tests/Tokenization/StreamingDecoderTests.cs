using System.Text;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization;

public sealed class StreamingDecoderTests
{
    [Fact]
    public void Append_Pieces_GivesEachAsSoonAsItComes()
    {
        var decoder = new StreamingDecoder(TokenizerFixtures.Small, skipSpecialTokens: true);
        var ids = TokenizerFixtures.Small.Encode("jumped the").Ids;
        Assert.Equal(["", "jump", "ed", " the", ""], ids.Select(decoder.Append));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Append_RandomIds_GiveTheWholeText()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(-1, TokenizerFixtures.Small.VocabularySize + 1))];
            AssertStreams(TokenizerFixtures.Small, ids);
        }
    }

    /// <summary>Token by token the whole text comes, and no part of it holds half a character.</summary>
    internal static void AssertStreams(HuggingFaceTokenizer tokenizer, int[] ids)
    {
        foreach (var skip in new[] { false, true })
        {
            var decoder = new StreamingDecoder(tokenizer, skip);
            var text = new StringBuilder();
            for (var i = 0; i <= ids.Length; i++)
            {
                var part = i < ids.Length ? decoder.Append(ids[i]) : decoder.Flush();
                Assert.True(CodePoint.WellFormed(part).SequenceEqual(part));
                text.Append(part);
            }

            Assert.Equal(tokenizer.Decode(ids, skip), text.ToString());
        }
    }
}
