using System.Globalization;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>Reads what stands for one code point in a regular expression: a character, an escape, or a class in brackets.</summary>
internal static class PatternClass
{
    private static readonly string[] Categories =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static Func<int, bool> Read(string pattern, ref int at, bool ignoreCase)
    {
        var contains = pattern[at] switch
        {
            '[' => Brackets(pattern, ref at),
            '\\' => Escape(pattern, ref at, out _),
            '.' or '^' or '$' or '*' or '+' or '?' or '{' or ']' or '}' => throw new NotSupportedException($"{pattern[at]} at {at}"),
            _ => Is(Literal(pattern, ref at)),
        };
        return ignoreCase ? IgnoringCase(contains) : contains;
    }

    private static Func<int, bool> Brackets(string pattern, ref int at)
    {
        var begin = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var items = new List<Func<int, bool>>();
        while (at < pattern.Length && pattern[at] != ']') items.Add(Item(pattern, ref at));
        if (at >= pattern.Length || items.Count == 0) throw new NotSupportedException($"an empty or open class at {begin}");
        at++;
        Func<int, bool>[] all = [.. items];
        return c => Array.Exists(all, contains => contains(c)) != negated;
    }

    private static Func<int, bool> Item(string pattern, ref int at)
    {
        if (pattern.AsSpan(at) is ['[', ':', ..] or ['&', '&', ..]) throw new NotSupportedException($"{pattern[at..(at + 2)]} at {at}");
        if (pattern[at] == '[') return Brackets(pattern, ref at);
        if (Character(pattern, ref at, out var set) is not { } first) return set!;
        if (pattern.AsSpan(at) is not ['-', not ']', ..]) return Is(first);
        at++;
        var last = Character(pattern, ref at, out _);
        return last >= first ? c => first <= c && c <= last : throw new NotSupportedException($"a range at {at}");
    }

    /// <summary>A single character, escaped or not; null, with its set, for an escape that stands for several.</summary>
    private static int? Character(string pattern, ref int at, out Func<int, bool>? set)
    {
        set = null;
        if (pattern[at] != '\\') return Literal(pattern, ref at);
        set = Escape(pattern, ref at, out var single);
        return single;
    }

    private static int Literal(string pattern, ref int at)
    {
        var c = CodePoint.Read(pattern, at, out var length);
        at += length;
        return c;
    }

    private static Func<int, bool> Escape(string pattern, ref int at, out int? single)
    {
        if (++at == pattern.Length) throw new NotSupportedException("\\ at the end");
        var escape = pattern[at++];
        single = escape switch
        {
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\f',
            _ when escape < 128 && !char.IsAsciiLetterOrDigit(escape) => escape,
            _ => null,
        };
        if (single is { } c) return Is(c);
        Func<int, bool> contains = char.ToLowerInvariant(escape) switch
        {
            's' => c => c < 0x10000 && char.IsWhiteSpace((char)c),
            'd' => Category("Nd"),
            'p' => Property(pattern, ref at),
            _ => throw new NotSupportedException($"\\{escape} at {at - 2}"),
        };
        return char.IsAsciiLetterUpper(escape) ? c => !contains(c) : contains;
    }

    private static Func<int, bool> Property(string pattern, ref int at)
    {
        var end = pattern.IndexOf('}', at);
        if (at == pattern.Length || pattern[at] != '{' || end < 0) throw new NotSupportedException($"\\p at {at}");
        var name = pattern[(at + 1)..end];
        at = end + 1;
        if (!name.StartsWith('^')) return Category(name);
        var category = Category(name[1..]);
        return c => !category(c);
    }

    private static Func<int, bool> Category(string name)
    {
        var bits = Categories.Select((c, i) => name.Length > 0 && c.StartsWith(name, StringComparison.Ordinal) ? 1 << i : 0).Sum();
        return bits != 0 ? c => (bits >> (int)CharUnicodeInfo.GetUnicodeCategory(c) & 1) != 0 : throw new NotSupportedException($"\\p{{{name}}}");
    }

    private static Func<int, bool> Is(int character) => c => c == character;

    // Besides the other case, two letters beyond ASCII fold to ones within: ſ to s and the Kelvin sign to k.
    private static Func<int, bool> IgnoringCase(Func<int, bool> contains)
    {
        for (var c = 128; c < 0x10000; c++)
        {
            if (contains(c) && char.IsLetter((char)c)) throw new NotSupportedException("letters beyond ASCII where case is ignored");
        }

        return c => contains(c) || c switch
        {
            0x17F => contains('s') || contains('S'),
            0x212A => contains('k') || contains('K'),
            < 128 when char.IsAsciiLetter((char)c) => contains(c ^ 0x20),
            _ => false,
        };
    }
}
