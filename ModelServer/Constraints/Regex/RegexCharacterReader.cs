using System.Globalization;
using System.Text;

namespace ModelServer.Constraints.Regex;

/// <summary>Reads what stands for one character in a regular expression: a character, an escape, or a class in brackets.</summary>
internal static class RegexCharacterReader
{
    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static CharacterSet Read(string pattern, ref int at)
    {
        if (pattern[at] == '[') return Brackets(pattern, ref at);
        var (single, set) = Item(pattern, ref at, inBrackets: false);
        return set ?? CharacterSet.Of(single);
    }

    private static CharacterSet Brackets(string pattern, ref int at)
    {
        var begin = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        var ranges = new List<(int, int)>();
        while (at < pattern.Length && pattern[at] != ']')
        {
            var from = at;
            var (first, set) = Item(pattern, ref at, inBrackets: true);
            if (set is null && pattern.AsSpan(at) is ['-', not ']', ..])
            {
                at++;
                var (last, isSet) = Item(pattern, ref at, inBrackets: true);
                if (isSet is not null || last < first) throw new NotSupportedException($"{pattern[from..at]} at {from} is no range");
                ranges.Add((first, last));
            }
            else
            {
                ranges.AddRange(set?.Ranges ?? [(first, first)]);
            }
        }

        if (at == pattern.Length) throw new NotSupportedException($"the class at {begin} is not closed");
        at++;
        var all = CharacterSet.Of(ranges);
        return negated ? all.Complement() : all;
    }

    private static (int Single, CharacterSet? Set) Item(string pattern, ref int at, bool inBrackets)
    {
        if (pattern[at] == '\\') return Escape(pattern, ref at, inBrackets);
        if (!inBrackets && pattern[at] == '.')
        {
            at++;
            return (0, RegexClass.Dot);
        }

        if (!Rune.TryGetRuneAt(pattern, at, out var rune)) throw new NotSupportedException($"there is half a character at {at}");
        at += rune.Utf16SequenceLength;
        return (rune.Value, null);
    }

    private static (int Single, CharacterSet? Set) Escape(string pattern, ref int at, bool inBrackets)
    {
        var begin = at++;
        if (at == pattern.Length) throw new NotSupportedException("there is a \\ at the end");
        var escape = pattern[at++];
        switch (escape)
        {
            case 'd': return (0, RegexClass.Digit);
            case 'D': return (0, RegexClass.Digit.Complement());
            case 'w': return (0, RegexClass.Word);
            case 'W': return (0, RegexClass.Word.Complement());
            case 's': return (0, RegexClass.Space);
            case 'S': return (0, RegexClass.Space.Complement());
            case 'p' or 'P':
                var end = pattern.IndexOf('}', at);
                if (end < 0 || pattern[at] != '{') throw new NotSupportedException($"\\{escape} at {begin} has no name in braces");
                var property = RegexClass.Property(pattern[(at + 1)..end]);
                at = end + 1;
                return (0, escape == 'P' ? property.Complement() : property);
            case 'n': return ('\n', null);
            case 'r': return ('\r', null);
            case 't': return ('\t', null);
            case 'f': return ('\f', null);
            case 'v': return ('\v', null);
            case 'b' when inBrackets: return ('\b', null);
            case '0' when at == pattern.Length || !char.IsAsciiDigit(pattern[at]): return (0, null);
            case 'c' when at < pattern.Length && char.IsAsciiLetter(pattern[at]): return (pattern[at++] & 31, null);
            case 'x': return (Hex(pattern, ref at, 2, begin), null);
            case 'u': return (Unicode(pattern, ref at, begin), null);
            case 'b' or 'B': throw new NotSupportedException($"\\{escape} at {begin} is not supported: what it demands depends on both its sides");
            case >= '1' and <= '9' or 'k': throw new NotSupportedException($"the backreference \\{escape} at {begin} is not supported");
            default: return char.IsAsciiLetterOrDigit(escape) ? throw new NotSupportedException($"\\{escape} at {begin} is not supported") : (escape, null);
        }
    }

    private static int Unicode(string pattern, ref int at, int begin)
    {
        if (at < pattern.Length && pattern[at] == '{')
        {
            var end = pattern.IndexOf('}', at);
            var digits = end < 0 ? default : pattern.AsSpan((at + 1)..end);
            if (digits.Length is 0 or > 6 || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || !Rune.IsValid(code))
                throw new NotSupportedException($"\\u at {begin} names no character");
            at = end + 1;
            return code;
        }

        var unit = Hex(pattern, ref at, 4, begin);
        if (char.IsHighSurrogate((char)unit) && pattern.AsSpan(at) is ['\\', 'u', not '{', ..])
        {
            at += 2;
            var low = Hex(pattern, ref at, 4, begin);
            if (char.IsLowSurrogate((char)low)) return char.ConvertToUtf32((char)unit, (char)low);
        }

        return char.IsSurrogate((char)unit) ? throw new NotSupportedException($"\\u at {begin} is half a character") : unit;
    }

    private static int Hex(string pattern, ref int at, int digits, int begin)
    {
        if (at + digits > pattern.Length || !int.TryParse(pattern.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw new NotSupportedException($"the escape at {begin} wants {digits} hexadecimal digits");
        at += digits;
        return value;
    }
}
