using System.Globalization;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>The names of sets in regular expressions: categories, scripts, and POSIX brackets as Oniguruma has them for Unicode.</summary>
internal static class PatternProperties
{
    private static readonly string[] Categories =
    [
        "lu", "ll", "lt", "lm", "lo", "mn", "mc", "me", "nd", "nl", "no", "zs", "zl", "zp", "cc", "cf", "cs", "co", "pc", "pd", "ps", "pe",
        "pi", "pf", "po", "sm", "sc", "sk", "so", "cn",
    ];

    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["letter"] = "l",
        ["mark"] = "m",
        ["number"] = "n",
        ["punctuation"] = "p",
        ["symbol"] = "s",
        ["separator"] = "z",
        ["other"] = "c",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["nonspacingmark"] = "mn",
        ["spacingmark"] = "mc",
        ["enclosingmark"] = "me",
        ["decimalnumber"] = "nd",
        ["letternumber"] = "nl",
        ["othernumber"] = "no",
    };

    // Oniguruma's Unicode is newer than the library's own table: what scripts have got since.
    private static readonly Dictionary<string, (string Name, (int First, int Last)[] Since)> Scripts = new()
    {
        ["han"] = ("Han", [(0x4DB6, 0x4DBF), (0x9FD6, 0x9FFF), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x2A6D7, 0x2A6DF), (0x2B735, 0x2B739), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x30000, 0x3134A), (0x31350, 0x323AF)]),
        ["hiragana"] = ("Hiragana", [(0x1B002, 0x1B11F), (0x1B132, 0x1B132), (0x1B150, 0x1B152)]),
        ["katakana"] = ("Katakana", [(0x1AFF0, 0x1AFF3), (0x1AFF5, 0x1AFFB), (0x1AFFD, 0x1AFFE), (0x1B120, 0x1B122), (0x1B155, 0x1B155), (0x1B164, 0x1B167)]),
        ["cyrillic"] = ("Cyrillic", [(0x1C89, 0x1C8A), (0x1E030, 0x1E06D), (0x1E08F, 0x1E08F)]),
        ["hebrew"] = ("Hebrew", [(0x5EF, 0x5EF)]),
        ["hangul"] = ("Hangul", []),
        ["greek"] = ("Greek", []),
        ["thai"] = ("Thai", []),
    };

    /// <summary>The set of \p{name}, whose case, spaces, hyphens and underlines do not count; null where there is none.</summary>
    public static Func<int, bool>? Find(string name)
    {
        name = name.Replace(" ", "").Replace("-", "").Replace("_", "").ToLowerInvariant();
        name = LongNames.GetValueOrDefault(name, name);
        if (name.Length is 1 or 2 && Categories.Select((c, i) => c.StartsWith(name, StringComparison.Ordinal) ? 1 << i : 0).Sum() is not 0 and var bits)
        {
            return c => (bits >> (int)CharUnicodeInfo.GetUnicodeCategory(c) & 1) != 0;
        }

        return Scripts.TryGetValue(name, out var script) ? c => UnicodeScripts.Of(c) == script.Name || Array.Exists(script.Since, r => r.First <= c && c <= r.Last) : Bracket(name);
    }

    /// <summary>[:name:] or [:^name:] within a class.</summary>
    public static Func<int, bool> Posix(string pattern, ref int at)
    {
        var end = pattern.IndexOf(":]", at, StringComparison.Ordinal);
        var name = end < 0 ? "" : pattern[(at + 2)..end];
        var negated = name.StartsWith('^');
        var contains = Bracket(negated ? name[1..] : name) ?? throw new NotSupportedException($"[:{name}:] at {at}");
        at = end + 2;
        return negated ? c => !contains(c) : contains;
    }

    private static Func<int, bool>? Bracket(string name) => name switch
    {
        "digit" => Find("nd"),
        "space" => PatternClass.IsSpace,
        "word" => c => !PatternClass.IsWord(c) ? false : CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.OtherNumber || c > 0xFF,
        "punct" => c => CharUnicodeInfo.GetUnicodeCategory(c) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherSymbol,
        "ascii" => c => c < 128,
        "xdigit" => c => c < 128 && char.IsAsciiHexDigit((char)c),
        "blank" => c => c == '\t' || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator,
        "cntrl" => Find("cc"),
        _ => null,
    };
}
