using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Normalizers;

public sealed class LowercaseNormalizerTests
{
    // The reference lowers each character by itself: a word does not end in ς.
    [Theory]
    [InlineData("ΑΣ", "ασ")]
    [InlineData("ΑΣ'", "ασ'")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ\u0301", "ασ\u0301")]
    [InlineData("ΟΔΥΣΣΕΥΣ ΑΣ. ΑΣΑ", "οδυσσευσ ασ. ασα")]
    public void Normalize_FinalSigma_IsLoweredLikeAnyOther(string text, string expected)
    {
        Assert.Equal(expected, Normalize(new LowercaseNormalizer(), text));
        Assert.Equal(expected, Normalize(new BertNormalizer(cleanText: true, handleChineseChars: true, stripAccents: false, lowercase: true), text));
    }

    [Theory]
    [InlineData("İ", "i\u0307")]
    [InlineData("ẞ", "ß")]
    [InlineData("ǅ", "ǆ")]
    [InlineData("\U00010400", "\U00010428")]
    public void Normalize_OddLetters_AreLoweredByThemselves(string text, string expected) => Assert.Equal(expected, Normalize(new LowercaseNormalizer(), text));

    private static string Normalize(ITextNormalizer normalizer, string value)
    {
        var text = new NormalizedText();
        text.Load(value, 0);
        normalizer.Normalize(text);
        return new(text.Chars);
    }
}
