using System.Text;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Texts in which everything that tokenizers treat in a way of its own stands next to everything else. The same seed gives the same texts.</summary>
internal sealed class MixedTexts(int seed, IReadOnlyList<string> addedTokens)
{
    private static readonly string[] Words =
    [
        "the", "The", "hello", "don't", "we'LL", "it's", "IT'S", "naïve", "Ünïcödé", "ﬁne", "ΑΣ", "ΑΣ'", "Σ", "ΑΣ\u0301", "ΟΔΥΣΣΕΥΣ", "Σ'Σ", "İstanbul", "ıI", "ǅ", "ẞß",
        "Привет", "שלום", "مرحبا", "नमस्ते", "สวัสดี", "中文", "日本語テキスト", "한국어", "\u1112\u1161\u11AB", "½", "①", "x²", "12345", "3.14", "1,000", "٣٤", "e\u0301", "q\u0307\u0323", "\u1E9B\u0323", "\u212B",
        "🎉", "👍🏽", "👨\u200D👩\u200D👧", "🏳️\u200D🌈", "🇩🇪", "#️⃣", "a_b-c", "C++", "http://x.y/?z=1&w", "$5", "...", "!?", "«»", "“q”", "\\n", "##ing", "▁the", "Ġthe", "<0x0A>", "<", "[", "</", "|>", "aaaaaaaaaaaa",
    ];

    private static readonly string[] Spaces =
    [
        " ", " ", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n ", "\u00A0", "\u3000", "\u2009", "\u2028", "\u0085", "\u1680", "\u180E", "\v", "\f", "\u200B", "\uFEFF", "\u202F",
    ];

    // First and last code point of blocks and of odd ranges; each as likely as any other.
    private static readonly (int First, int Last)[] Ranges =
    [
        (0x0, 0x1F), (0x20, 0x7E), (0x7F, 0x9F), (0xA0, 0xFF), (0x100, 0x24F), (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F), (0x530, 0x5FF), (0x600, 0x6FF), (0x900, 0x97F), (0xB80, 0xBFF),
        (0xE00, 0xE7F), (0xF00, 0xFFF), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x13A0, 0x13FF), (0x1780, 0x18AF), (0x1AB0, 0x1AFF), (0x1C80, 0x1CFF), (0x1D00, 0x1DFF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x20CF),
        (0x20D0, 0x20FF), (0x2100, 0x218F), (0x2190, 0x2BFF), (0x2C00, 0x2DFF), (0x2E00, 0x2E7F), (0x2E80, 0x303F), (0x3040, 0x30FF), (0x3100, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA640, 0xA7FF), (0xA800, 0xABFF),
        (0xAC00, 0xD7A3), (0xD7A4, 0xD7FF), (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF), (0xFE00, 0xFE6F), (0xFE70, 0xFEFF), (0xFF00, 0xFFFF), (0x10000, 0x107FF), (0x10800, 0x10FFF), (0x11000, 0x11FFF),
        (0x16000, 0x16FFF), (0x1B000, 0x1BCFF), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF), (0x1E000, 0x1EFFF), (0x1F000, 0x1FAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2FA1F), (0x30000, 0x323AF), (0xE0000, 0xE01EF), (0x10000, 0x10FFFF),
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next text: up to thirty pieces, now and then with a long word.</summary>
    public string Next()
    {
        var text = new StringBuilder();
        for (var count = _random.Next(_random.Next(1, 31)); count >= 0; count--) Append(text);
        return text.ToString();
    }

    private void Append(StringBuilder text)
    {
        switch (_random.Next(100))
        {
            case < 30:
                text.Append(Words[_random.Next(Words.Length)]);
                break;
            case < 60:
                text.Append(Spaces[_random.Next(Spaces.Length)]);
                break;
            case < 70 when addedTokens.Count > 0:
                var token = addedTokens[_random.Next(addedTokens.Count)];
                text.Append(_random.Next(6) switch { 0 => token.ToUpperInvariant(), 1 => token[..^1], _ => token });
                break;
            case 99 when _random.Next(4) == 0:
                var (word, times) = (Words[_random.Next(Words.Length)], _random.Next(20, 60));
                for (; times > 0; times--) text.Append(word);
                break;
            default:
                AppendRun(text);
                break;
        }
    }

    private void AppendRun(StringBuilder text)
    {
        var (first, last) = Ranges[_random.Next(Ranges.Length)];
        for (var count = _random.Next(1, 5); count > 0; count--)
        {
            var c = _random.Next(first, last + 1);
            if (c is < 0xD800 or > 0xDFFF) text.Append(new Rune(c).ToString());
        }
    }
}
