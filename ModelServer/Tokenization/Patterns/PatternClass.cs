using System.Globalization;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>Reads what stands for one code point in a regular expression: a character, an escape, or a class in brackets.</summary>
internal static class PatternClass
{
    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static Func<int, bool> Read(string pattern, ref int at, bool ignoreCase)
    {
        var contains = pattern[at] switch
        {
            '[' => Brackets(pattern, ref at),
            '\\' => Escape(pattern, ref at, out _),
            '*' or '+' or '?' => throw new NotSupportedException($"{pattern[at]} at {at}"),
            _ => Is(Literal(pattern, ref at)),
        };
        return ignoreCase ? IgnoringCase(contains) : contains;
    }

    private static Func<int, bool> Brackets(string pattern, ref int at)
    {
        var begin = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        Func<int, bool>? both = null;
        var items = new List<Func<int, bool>>();
        while (at < pattern.Length && pattern[at] != ']')
        {
            if (pattern.AsSpan(at) is not ['&', '&', ..])
            {
                items.Add(Item(pattern, ref at));
                continue;
            }

            at += 2;
            both = Both(both, items, begin);
        }

        if (at >= pattern.Length) throw new NotSupportedException($"an open class at {begin}");
        at++;
        var contains = Both(both, items, begin);
        return c => contains(c) != negated;
    }

    /// <summary>What is in all parts that &amp;&amp; stands between.</summary>
    private static Func<int, bool> Both(Func<int, bool>? before, List<Func<int, bool>> items, int begin)
    {
        if (items.Count == 0) throw new NotSupportedException($"an empty class at {begin}");
        Func<int, bool>[] all = [.. items];
        items.Clear();
        return c => Array.Exists(all, contains => contains(c)) && before?.Invoke(c) is not false;
    }

    private static Func<int, bool> Item(string pattern, ref int at)
    {
        if (pattern.AsSpan(at) is ['[', ':', ..]) return PatternProperties.Posix(pattern, ref at);
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
            'v' => '\v',
            'a' => '\a',
            'e' => '\e',
            'x' or 'u' => Code(pattern, ref at, escape),
            _ when escape < 128 && !char.IsAsciiLetterOrDigit(escape) => escape,
            _ => null,
        };
        if (single is { } c) return Is(c);
        Func<int, bool> contains = char.ToLowerInvariant(escape) switch
        {
            's' => IsSpace,
            'd' => PatternProperties.Find("nd")!,
            'w' => IsWord,
            'h' => c => c < 128 && char.IsAsciiHexDigit((char)c),
            'p' => Property(pattern, ref at),
            _ => throw new NotSupportedException($"\\{escape} at {at - 2}"),
        };
        return char.IsAsciiLetterUpper(escape) ? c => !contains(c) : contains;
    }

    public static bool IsSpace(int c) => c < 0x10000 && char.IsWhiteSpace((char)c);

    /// <summary>The \w of Oniguruma, which counts the superscripts and fractions of Latin-1 among words, but no joiners.</summary>
    public static bool IsWord(int c) => c is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE || c is not (0x200C or 0x200D) && WordCharacter.Is(c);

    /// <summary>\xHH, \x{H…} or \uHHHH.</summary>
    private static int Code(string pattern, ref int at, char escape)
    {
        var (digits, next) = pattern.AsSpan(at) is ['{', ..] && escape == 'x' && pattern.IndexOf('}', at) is > 0 and var end
            ? (pattern[(at + 1)..end], end + 1)
            : (pattern.Substring(at, Math.Min(escape == 'x' ? 2 : 4, pattern.Length - at)), Math.Min(at + (escape == 'x' ? 2 : 4), pattern.Length));
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !System.Text.Rune.IsValid(code) || escape == 'x' && pattern[at] != '{' && code > 0x7F || digits.Length < (pattern[at] == '{' ? 1 : escape == 'x' ? 2 : 4))
        {
            throw new NotSupportedException($"\\{escape} at {at - 2}");
        }

        at = next;
        return code;
    }

    private static Func<int, bool> Property(string pattern, ref int at)
    {
        var end = pattern.IndexOf('}', at);
        if (at == pattern.Length || pattern[at] != '{' || end < 0) throw new NotSupportedException($"\\p at {at}");
        var name = pattern[(at + 1)..end];
        at = end + 1;
        var negated = name.StartsWith('^');
        var contains = PatternProperties.Find(negated ? name[1..] : name) ?? throw new NotSupportedException($"\\p{{{name}}}");
        return negated ? c => !contains(c) : contains;
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
