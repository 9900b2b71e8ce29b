using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization;

/// <summary>Parts of a text in which special tokens are plain text.</summary>
public sealed class PlainPartsTests
{
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-tokenizer"));
    private static readonly int Separator = Tokenizer.TokenToId("[SEP]")!.Value;

    [Theory]
    [InlineData("[SEP]a[SEP]", 0, 0, 2)]
    [InlineData("[SEP]a[SEP]", 5, 6, 2)]
    [InlineData("[SEP]a[SEP]", 5, 11, 1)]
    [InlineData("[SEP]a[SEP]", 0, 11, 0)]
    // A mark that template and caller make together is none.
    [InlineData("[SEP]", 4, 5, 0)]
    [InlineData("[SEP]", 0, 1, 0)]
    public void SpecialToken_TouchingAPlainPart_IsText(string text, int start, int end, int expected)
    {
        TextSpan[] plain = start == end ? [] : [new(start, end)];
        var ids = Tokenizer.Encode(text, addSpecialTokens: false, plain: plain).Ids;

        Assert.Equal(expected, ids.Count(id => id == Separator));
    }

    [Fact]
    public void Text_WithoutSpecialTokens_IsTheSameWhateverIsPlain()
    {
        const string Text = "[SEP]the cat\nsat [SEP]";
        Assert.Equal(Tokenizer.Encode(Text, addSpecialTokens: false).Ids, Tokenizer.Encode(Text, addSpecialTokens: false, plain: [new(5, 9), new(13, 16)]).Ids);
    }
}
