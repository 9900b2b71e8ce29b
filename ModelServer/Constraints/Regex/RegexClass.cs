using System.Collections.Concurrent;
using System.Globalization;

namespace ModelServer.Constraints.Regex;

/// <summary>The named sets of characters of a regular expression, as ECMA-262 defines them.</summary>
internal static class RegexClass
{
    public static readonly CharacterSet Digit = CharacterSet.Of(('0', '9'));

    public static readonly CharacterSet Word = CharacterSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    public static readonly CharacterSet Space = CharacterSet.Of(('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
        (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What a dot stands for: anything but the ends of lines.</summary>
    public static readonly CharacterSet Dot = CharacterSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Complement();

    // In the order of UnicodeCategory.
    private static readonly (string Short, string Long)[] Categories =
    [
        ("Lu", "Uppercase_Letter"), ("Ll", "Lowercase_Letter"), ("Lt", "Titlecase_Letter"), ("Lm", "Modifier_Letter"), ("Lo", "Other_Letter"),
        ("Mn", "Nonspacing_Mark"), ("Mc", "Spacing_Mark"), ("Me", "Enclosing_Mark"), ("Nd", "Decimal_Number"), ("Nl", "Letter_Number"), ("No", "Other_Number"),
        ("Zs", "Space_Separator"), ("Zl", "Line_Separator"), ("Zp", "Paragraph_Separator"), ("Cc", "Control"), ("Cf", "Format"), ("Cs", "Surrogate"),
        ("Co", "Private_Use"), ("Pc", "Connector_Punctuation"), ("Pd", "Dash_Punctuation"), ("Ps", "Open_Punctuation"), ("Pe", "Close_Punctuation"),
        ("Pi", "Initial_Punctuation"), ("Pf", "Final_Punctuation"), ("Po", "Other_Punctuation"), ("Sm", "Math_Symbol"), ("Sc", "Currency_Symbol"),
        ("Sk", "Modifier_Symbol"), ("So", "Other_Symbol"), ("Cn", "Unassigned"),
    ];

    private static readonly Dictionary<string, string> Groups = new()
    {
        ["Letter"] = "L",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Separator"] = "Z",
        ["Other"] = "C",
        ["Punctuation"] = "P",
        ["Symbol"] = "S",
    };

    private static readonly ConcurrentDictionary<string, CharacterSet> Known = new();

    /// <summary>The characters of a general category, or of several by their first letter.</summary>
    /// <exception cref="NotSupportedException">.NET has no data for it: scripts and the like.</exception>
    public static CharacterSet Property(string name)
    {
        var category = name;
        foreach (var prefix in (string[])["General_Category=", "gc="])
            if (category.StartsWith(prefix, StringComparison.Ordinal)) category = category[prefix.Length..];
        category = Groups.GetValueOrDefault(category, category);
        if (category == "Any") return CharacterSet.All;
        var wanted = Array.ConvertAll(Categories, c => c.Short == category || c.Long == category || (category.Length == 1 && c.Short[0] == category[0]));
        return wanted.Contains(true) ? Known.GetOrAdd(category, _ => OfCategories(wanted)) : throw new NotSupportedException($"\\p{{{name}}} is not supported");
    }

    private static CharacterSet OfCategories(bool[] wanted)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var (first, last) in CharacterSet.All.Ranges)
        {
            for (var c = first; c <= last; c++)
            {
                if (!wanted[(int)CharUnicodeInfo.GetUnicodeCategory(c)]) continue;
                if (ranges.Count > 0 && ranges[^1].Last == c - 1) ranges[^1] = (ranges[^1].First, c);
                else ranges.Add((c, c));
            }
        }

        return CharacterSet.Of(ranges);
    }
}
