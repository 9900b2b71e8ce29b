using System.Text.RegularExpressions;

namespace ModelServer.Jinja;

internal enum TokenKind
{
    Text,
    OutputBegin,
    OutputEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Value">A string's is what it means, without its quotes.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Line)
{
    public bool Is(TokenKind kind, string value) => Kind == kind && Value == value;
}

/// <summary>Cuts a template into tokens, with the settings of transformers: <c>trim_blocks</c> (the line break behind a block belongs to it), <c>lstrip_blocks</c> (so does the
/// indentation before one), and no line break at the template's end.</summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _place;
    private int _line = 1;

    private Lexer(string source) => _source = source;

    /// <exception cref="JinjaSyntaxException"/>
    public static IReadOnlyList<Token> Tokenize(string template)
    {
        var source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (source.EndsWith('\n')) source = source[..^1];
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        // Whether what was before ended a line, with the white space that it took.
        var startsLine = true;
        while (_place < _source.Length)
        {
            var tag = Tag().Match(_source, _place);
            if (!tag.Success)
            {
                AddText(_source[_place..]);
                break;
            }

            AddText(Before(tag, startsLine));
            Advance(tag.Index + tag.Length);
            startsLine = tag.Groups["kind"].Value switch
            {
                "{{" => Expression(TokenKind.OutputBegin, TokenKind.OutputEnd, "}}"),
                "{%" => IsRaw() ? Raw() : Expression(TokenKind.BlockBegin, TokenKind.BlockEnd, "%}"),
                _ => Comment(),
            };
        }

        Add(TokenKind.End, "");
    }

    /// <summary>The text before a tag, without what the tag takes of it.</summary>
    private string Before(Match tag, bool startsLine)
    {
        var text = _source[_place..tag.Index];
        if (tag.Groups["strip"].Value == "-") return text.TrimEnd(White);
        if (tag.Groups["strip"].Value == "+" || tag.Groups["kind"].Value == "{{") return text;
        var line = text.LastIndexOf('\n') + 1;
        return (line > 0 || startsLine) && text.AsSpan(line).Trim(White).Length == 0 ? text[..line] : text;
    }

    /// <summary>An expression or a block, up to its end.</summary>
    private bool Expression(TokenKind begin, TokenKind end, string mark)
    {
        Add(begin, mark);
        var brackets = new Stack<char>();
        while (true)
        {
            SkipWhite();
            if (_place >= _source.Length) throw Fault($"unexpected end of template, expected '{mark}'");
            if (brackets.Count == 0 && TryEnd(mark, out var endsLine))
            {
                Add(end, mark);
                return endsLine;
            }

            Next(brackets);
        }
    }

    private bool TryEnd(string mark, out bool endsLine)
    {
        endsLine = false;
        var sign = _source[_place] is '-' or '+' && string.CompareOrdinal(_source, _place + 1, mark, 0, mark.Length) == 0 ? _source[_place] : ' ';
        if (sign == '+' && mark == "}}") sign = ' ';
        if (sign == ' ' && string.CompareOrdinal(_source, _place, mark, 0, mark.Length) != 0) return false;
        Advance(_place + mark.Length + (sign == ' ' ? 0 : 1));
        endsLine = TakeWhite(sign, trims: mark != "}}");
        return true;
    }

    /// <summary>Takes what a tag's end takes of the text behind it.</summary>
    private bool TakeWhite(char sign, bool trims)
    {
        var start = _place;
        if (sign == '-') SkipWhite();
        else if (sign != '+' && trims && _place < _source.Length && _source[_place] == '\n') Advance(_place + 1);
        return _place > start && _source[_place - 1] == '\n';
    }

    private void Next(Stack<char> brackets)
    {
        var token = Word().Match(_source, _place);
        if (!token.Success) throw Fault($"unexpected char '{_source[_place]}'");
        var text = token.Value;
        if (token.Groups["name"].Success) Add(TokenKind.Name, text);
        else if (token.Groups["text"].Success) Add(TokenKind.String, Unquote(text));
        else if (token.Groups["float"].Success) Add(TokenKind.Float, text.Replace("_", "", StringComparison.Ordinal));
        else if (token.Groups["whole"].Success) Add(TokenKind.Integer, text.Replace("_", "", StringComparison.Ordinal));
        else
        {
            if (text is "(" or "[" or "{") brackets.Push(text[0] switch { '(' => ')', '[' => ']', _ => '}' });
            if (text is ")" or "]" or "}" && (!brackets.TryPop(out var open) || open != text[0])) throw Fault($"unexpected '{text}'");
            Add(TokenKind.Operator, text);
        }

        Advance(_place + text.Length);
    }

    private bool Comment()
    {
        var end = _source.IndexOf("#}", _place, StringComparison.Ordinal);
        if (end < 0) throw Fault("Missing end of comment tag");
        var sign = end > _place && _source[end - 1] is '-' or '+' ? _source[end - 1] : ' ';
        Advance(end + 2);
        return TakeWhite(sign, trims: true);
    }

    private bool IsRaw() => RawBegin().IsMatch(_source, _place);

    private bool Raw()
    {
        var begin = RawBegin().Match(_source, _place);
        Advance(begin.Index + begin.Length);
        // The line break behind it stays, unlike behind any other block.
        TakeWhite(begin.Groups["sign"].Value is [var sign] ? sign : ' ', trims: false);
        var end = RawEnd().Match(_source, _place);
        if (!end.Success) throw Fault("Missing end of raw directive");
        AddText(Before(end, startsLine: _source[_place - 1] == '\n'));
        Advance(end.Index + end.Length);
        return TakeWhite(end.Groups["sign"].Value is [var last] ? last : ' ', trims: true);
    }

    /// <summary>What a string means: Python's escapes.</summary>
    private string Unquote(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal)) return quoted[1..^1];
        return Escape().Replace(quoted[1..^1], escape => escape.Value[1] switch
        {
            '\n' => "",
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            '\\' or '\'' or '"' => escape.Value[1..],
            'x' or 'u' or 'U' when escape.Length == 2 => throw Fault($"truncated {escape.Value} escape"),
            'x' or 'u' or 'U' => Character(Convert.ToInt64(escape.Value[2..], 16)),
            >= '0' and <= '7' => Character(Convert.ToInt64(escape.Value[1..], 8)),
            _ => escape.Value,
        });
    }

    private string Character(long code)
        => code is >= 0xd800 and <= 0xdfff ? ((char)code).ToString() : code <= 0x10ffff ? char.ConvertFromUtf32((int)code) : throw Fault("illegal Unicode character");

    private void AddText(string text)
    {
        if (text.Length > 0) Add(TokenKind.Text, text);
    }

    private void Add(TokenKind kind, string value) => _tokens.Add(new(kind, value, _line));

    private void Advance(int place)
    {
        _line += _source.AsSpan(_place, place - _place).Count('\n');
        _place = place;
    }

    private void SkipWhite()
    {
        var end = _place;
        while (end < _source.Length && CodePoints.IsSpace(_source[end])) end++;
        Advance(end);
    }

    private JinjaSyntaxException Fault(string what) => new(what, _line);

    private static readonly char[] White = [.. Enumerable.Range(0, char.MaxValue).Select(c => (char)c).Where(CodePoints.IsSpace)];

    [GeneratedRegex(@"(?<kind>\{\{|\{%|\{\#)(?<strip>[-+]?)")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\G\s*raw\s*(?<sign>-?)%\}")]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"(?<kind>\{%)(?<strip>[-+]?)\s*endraw\s*(?<sign>[-+]?)%\}")]
    private static partial Regex RawEnd();

    [GeneratedRegex("""
        \G(?:
          (?<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
        | (?<float>(?<!\.)\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:[eE][+-]?\d+)?|[eE][+-]?\d+))
        | (?<whole>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d+(?:_\d+)*)
        | (?<name>[\p{L}_][\p{L}\p{M}\p{N}_]*)
        | \*\*|//|==|!=|<=|>=|[-+/*%~\[\](){}<>=.:|,;]
        )
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();

    [GeneratedRegex(@"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{1,3}|.)", RegexOptions.Singleline)]
    private static partial Regex Escape();
}
