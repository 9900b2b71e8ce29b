using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization.Normalizers;

public sealed class BertNormalizerTests
{
    [Theory]
    [InlineData("Héllo WÖRLD", "hello world")]
    [InlineData("\u0130", "i")]
    [InlineData("\U00010400\U0001E900", "\U00010428\U0001E922")]
    [InlineData("\u1E9E", "\u00DF")]
    [InlineData("\u212B \u212A \u2126", "a k ω")]
    [InlineData("한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("a\u0001\u0085\u200D\uFEFF\uE000\uFFFD\u0000b", "ab")]
    [InlineData("a\u000B\u000Cb", "ab")]
    [InlineData("a\tb\nc\u00A0d\u2028e", "a b c d e")]
    [InlineData("中a", " 中 a")]
    [InlineData("\uF900", " \u8C48 ")]
    [InlineData("\U0002B820\U0002B920", "\U0002B820 \U0002B920 ")]
    [InlineData("ΣΑΣ ΑΣ'Α ΑΣ. Σ", "σασ ασ'α ασ. σ")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165")]
    public void Normalize_Uncased_CleansStripsAndLowers(string text, string expected) => Assert.Equal(expected, Normalize(new(true, true, true, true), text));

    [Theory]
    [InlineData("É中\t\u0001", true, true, false, false, "É 中  ")]
    [InlineData("É中\t\u0001", false, false, false, false, "É中\t\u0001")]
    [InlineData("ÉE\u0301", true, true, true, false, "EE")]
    [InlineData("ÉE\u0301\u0130", true, true, false, true, "ée\u0301i\u0307")]
    public void Normalize_EachSwitch_DoesItsPartAlone(string text, bool clean, bool chinese, bool strip, bool lower, string expected) =>
        Assert.Equal(expected, Normalize(new(clean, chinese, strip, lower), text));

    [Fact]
    public void Normalize_Rewritten_RemembersWhereEachUnitStood()
    {
        var text = new NormalizedText();
        text.Load("É\u200D\U00010400한", 10);
        new BertNormalizer(true, true, true, true).Normalize(text);
        Assert.Equal("e\U00010428\u1112\u1161\u11AB", new string(text.Chars));
        Assert.Equal([new(10, 11), new(12, 14), new(14, 15), new(14, 15), new(10, 15)], [text.Original(0, 1), text.Original(1, 3), text.Original(3, 4), text.Original(5, 6), text.Original(0, 6)]);
    }

    // Stripping accents decomposes first: marks of several classes change their order and take each other's places, also those that stay.
    [Fact]
    public void Normalize_MarksThatAreNotStripped_ChangeTheirOrderAndPlaces()
    {
        Assert.Equal("a\U0001D165\u302Eb", Normalize(new(true, true, true, true), "A\u302E\U0001D165b"));
        var text = new NormalizedText();
        text.Load("\u1D00\u0301\U0001D165b", 0);
        new BertNormalizer(true, true, true, true).Normalize(text);
        Assert.Equal("\u1D00\U0001D165b", new string(text.Chars));
        Assert.Equal([new(0, 1), new(1, 2), new(4, 5)], [text.Original(0, 1), text.Original(1, 3), text.Original(3, 4)]);
    }

    [Fact]
    public void Lower_EveryCodePoint_IsTheFrameworksUnlessItExpandsOrIsNewer()
    {
        for (var c = 0; c < 0x110000; c++)
        {
            if (c is >= 0xD800 and < 0xE000 or 0x130) continue;
            var framework = System.Text.Rune.ToLowerInvariant(new(c)).Value;
            if (framework != c) Assert.Equal([framework], UnicodeTables.Instance.Lower(c).ToArray());
        }
    }

    private static string Normalize(BertNormalizer normalizer, string value)
    {
        var text = new NormalizedText();
        text.Load(value, 0);
        normalizer.Normalize(text);
        return new(text.Chars);
    }
}
