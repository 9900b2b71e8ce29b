using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Normalizers;

public sealed class UnicodeFormNormalizerTests
{
    // text | NFC | NFD | NFKC | NFKD
    [Theory]
    [InlineData("plain", "plain", "plain", "plain", "plain")]
    [InlineData("é", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("e\u0301", "é", "e\u0301", "é", "e\u0301")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("ﬁ½", "ﬁ½", "ﬁ½", "fi1\u20442", "fi1\u20442")]
    [InlineData("\u1112\u1161\u11AB", "한", "\u1112\u1161\u11AB", "한", "\u1112\u1161\u11AB")]
    [InlineData("한", "한", "\u1112\u1161\u11AB", "한", "\u1112\u1161\u11AB")]
    [InlineData("하\u11AB", "한", "\u1112\u1161\u11AB", "한", "\u1112\u1161\u11AB")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0301a\u0300", "\u0301à", "\u0301a\u0300", "\u0301à", "\u0301a\u0300")]
    [InlineData("\u1F82", "\u1F82", "\u03B1\u0313\u0300\u0345", "\u1F82", "\u03B1\u0313\u0300\u0345")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    public void Normalize_EachForm_IsTheStandards(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, new string(Normalize(text, compatible: false, compose: true).Chars));
        Assert.Equal(nfd, new string(Normalize(text, compatible: false, compose: false).Chars));
        Assert.Equal(nfkc, new string(Normalize(text, compatible: true, compose: true).Chars));
        Assert.Equal(nfkd, new string(Normalize(text, compatible: true, compose: false).Chars));
    }

    [Fact]
    public void Normalize_EveryCodePoint_StaysWithinTheBoundAndIsStable()
    {
        for (var c = 0; c < 0x110000; c++)
        {
            if (c is >= 0xD800 and < 0xE000) continue;
            var text = char.ConvertFromUtf32(c);
            foreach (var (compatible, compose) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                var once = new string(Normalize(text, compatible, compose).Chars);
                Assert.InRange(once.Length, 1, text.Length * new UnicodeFormNormalizer(compatible, compose).MaxExpansion(c < 128));
                if (once != text) Assert.Equal(once, new string(Normalize(once, compatible, compose).Chars));
            }
        }
    }

    [Fact]
    public void Normalize_ComposedAndDecomposed_KnowTheirPlaces()
    {
        var decomposed = Normalize("aéb", compatible: false, compose: false);
        Assert.Equal([new(0, 1), new(1, 2), new(1, 2), new(2, 3)], Enumerable.Range(0, 4).Select(i => decomposed.Original(i, i + 1)));
        var composed = Normalize("ae\u0301b", compatible: false, compose: true);
        Assert.Equal([new(0, 1), new(1, 2), new(3, 4)], Enumerable.Range(0, 3).Select(i => composed.Original(i, i + 1)));
    }

    // Ñ parts into N and a tilde; N takes another mark from behind it, and the tilde is left with the place of that mark.
    [Fact]
    public void Normalize_PartLeftByItsLetter_HasThePlaceOfTheLastCharacterTaken()
    {
        var composed = Normalize("\u00D1\u035E\u032D", compatible: false, compose: true);
        Assert.Equal("\u1E4A\u0303\u035E", new string(composed.Chars));
        Assert.Equal([new(0, 1), new(1, 2), new(2, 3)], Enumerable.Range(0, 3).Select(i => composed.Original(i, i + 1)));
    }

    [Theory]
    [InlineData("e\u0301\u0903x", "ex")]
    [InlineData("é", "é")]
    public void StripAccents_Marks_AreRemovedWhereTheyStandAlone(string text, string expected)
    {
        var normalized = new NormalizedText();
        normalized.Load(text, 0);
        new StripAccentsNormalizer().Normalize(normalized);
        Assert.Equal(expected, new string(normalized.Chars));
    }

    private static NormalizedText Normalize(string value, bool compatible, bool compose)
    {
        var text = new NormalizedText();
        text.Load(value, 0);
        new UnicodeFormNormalizer(compatible, compose).Normalize(text);
        return text;
    }
}
