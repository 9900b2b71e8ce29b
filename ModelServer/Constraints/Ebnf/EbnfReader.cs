using System.Globalization;
using System.Text;

namespace ModelServer.Constraints.Ebnf;

/// <summary>The characters of a grammar's text, with where they are.</summary>
internal sealed class EbnfReader(string text, string field)
{
    public int Position { get; private set; }

    public bool IsAtEnd => Position >= text.Length;

    /// <summary>The next unit; 0 at the end.</summary>
    public char Next => IsAtEnd ? '\0' : text[Position];

    /// <summary>Whether the text goes on with some characters.</summary>
    public bool Sees(string ahead) => text.AsSpan(Position).StartsWith(ahead, StringComparison.Ordinal);

    public bool TryTake(string expected)
    {
        if (!Sees(expected)) return false;
        Position += expected.Length;
        return true;
    }

    public void Take(string expected, string where)
    {
        if (!TryTake(expected)) throw Wrong($"'{expected}' is missing {where}");
    }

    /// <summary>Passes white space, line breaks and comments.</summary>
    public void SkipSpace()
    {
        while (!IsAtEnd)
        {
            if (Next == '#') Position = text.IndexOf('\n', Position) is >= 0 and var end ? end : text.Length;
            else if (char.IsWhiteSpace(Next)) Position++;
            else return;
        }
    }

    /// <summary>A rule's name, or none.</summary>
    public string? TryTakeName()
    {
        var end = Position;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' or '.' && end > Position)) end++;
        if (end == Position || char.IsAsciiDigit(text[Position])) return null;
        var name = text[Position..end];
        Position = end;
        return name;
    }

    /// <summary>Whether what follows is the beginning of a rule.</summary>
    public bool SeesRule()
    {
        var here = Position;
        var isRule = TryTakeName() is not null;
        SkipSpace();
        isRule = isRule && Sees("::=");
        Position = here;
        return isRule;
    }

    public int TakeNumber()
    {
        var start = Position;
        while (char.IsAsciiDigit(Next)) Position++;
        if (start == Position) throw Wrong("a number is missing");
        return int.TryParse(text.AsSpan(start, Position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong("a number is too large");
    }

    /// <summary>One character, written as itself or by an escape.</summary>
    public int TakeCharacter(string where)
    {
        if (IsAtEnd) throw Wrong($"{where} does not end");
        if (!TryTake("\\"))
        {
            if (Next is '\n' or '\r') throw Wrong($"{where} does not end in its line");
            if (!Rune.TryGetRuneAt(text, Position, out var rune)) throw Wrong("there is half a character");
            Position += rune.Utf16SequenceLength;
            return rune.Value;
        }

        var escape = Next;
        Position++;
        return escape switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            '0' => 0,
            'x' => TakeHex(2),
            'u' => TakeHex(4),
            'U' => TakeHex(8),
            '\\' or '"' or '\'' or '[' or ']' or '-' or '^' or '/' or '.' or '+' or '*' or '?' or '(' or ')' or '{' or '}' or '|' or '$' or ' ' => escape,
            _ => throw Wrong($"there is no escape \\{escape}", back: 1),
        };
    }

    public InvalidFieldException Wrong(string what, int back = 0)
    {
        var before = text.AsSpan(0, Math.Clamp(Position - back, 0, text.Length));
        var line = before.Count('\n') + 1;
        var column = before.Length - (before.LastIndexOf('\n') + 1) + 1;
        return new(field, FormattableString.Invariant($"{field}: line {line}, column {column}: {what}."));
    }

    private int TakeHex(int digits)
    {
        if (Position + digits > text.Length || !int.TryParse(text.AsSpan(Position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            throw Wrong($"an escape needs {digits} hexadecimal digits");
        if (!Rune.IsValid(value)) throw Wrong("an escape names no character");
        Position += digits;
        return value;
    }
}
