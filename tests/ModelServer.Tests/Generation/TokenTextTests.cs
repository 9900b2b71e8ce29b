using System.Text;
using ModelServer.Generation;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Generation;

public class TokenTextTests
{
    private static readonly HuggingFaceTokenizer Bytes = TokenizerLoader.Load(SmallModels.Folder("stories-plain"));
    private static readonly HuggingFaceTokenizer Words = TokenizerLoader.Load(SmallModels.Folder("tiny-decoder"));

    [Theory]
    [InlineData("😀")]
    [InlineData("naïve 日本語 ✓ text")]
    [InlineData("Once upon a time")]
    public void Of_ByteLevelTokens_TogetherAreTheTextsBytes(string text)
    {
        var ids = Bytes.Encode(text, addSpecialTokens: false).Ids;

        var tokens = ids.Select((id, i) => TokenText.Of(Bytes, i == 0 ? null : ids[i - 1], id)).ToArray();

        Assert.Equal(Encoding.UTF8.GetBytes(text), tokens.SelectMany(t => t.Bytes));
        Assert.All(tokens, t => Assert.True(t.Text is null || Encoding.UTF8.GetBytes(t.Text).SequenceEqual(t.Bytes)));
    }

    [Fact]
    public void Of_PartOfACharacter_IsItsByteAndNoText()
    {
        var first = TokenText.Of(Bytes, null, Bytes.Encode("😀", addSpecialTokens: false).Ids[0]);

        Assert.Null(first.Text);
        Assert.Equal([0xF0], first.Bytes);
        Assert.Equal((@"\xf0", @"bytes:\xf0"), (first.Spell(), first.Spell("bytes:")));
    }

    [Fact]
    public void Of_AddedToken_IsItsText()
        => Assert.Equal("<|endoftext|>", TokenText.Of(Bytes, null, 0).Text);

    [Fact]
    public void Of_WordPieces_HaveTheSpaceThatBelongsToThem()
    {
        var ids = Words.Encode("the river", addSpecialTokens: false).Ids;

        Assert.Equal(("the", " river"), (TokenText.Of(Words, null, ids[0]).Text, TokenText.Of(Words, ids[0], ids[1]).Text));
    }
}
