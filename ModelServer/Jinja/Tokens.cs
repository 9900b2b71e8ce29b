namespace ModelServer.Jinja;

/// <summary>A template's tokens, taken one after the other.</summary>
internal sealed class Tokens(IReadOnlyList<Token> tokens)
{
    private int _next;

    public Token Ahead => tokens[_next];

    public Token Second => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    public Token Take()
    {
        var token = tokens[_next];
        if (_next < tokens.Count - 1) _next++;
        return token;
    }

    public bool Sees(TokenKind kind, string value) => Ahead.Is(kind, value);

    public bool SeesOperator(string value) => Sees(TokenKind.Operator, value);

    public bool SeesName(params ReadOnlySpan<string> names) => Ahead.Kind == TokenKind.Name && names.Contains(Ahead.Value);

    public bool TryOperator(string value)
    {
        if (!SeesOperator(value)) return false;
        Take();
        return true;
    }

    public bool TryName(string value)
    {
        if (!SeesName(value)) return false;
        Take();
        return true;
    }

    public void Expect(string sign)
    {
        if (!TryOperator(sign)) throw Unexpected($"'{sign}'");
    }

    public string ExpectName() => Ahead.Kind == TokenKind.Name ? Take().Value : throw Unexpected("a name");

    /// <summary>Names with dots between them, such as those of filters may have.</summary>
    public string ExpectDottedName()
    {
        var name = ExpectName();
        while (TryOperator(".")) name += $".{ExpectName()}";
        return name;
    }

    public Token Expect(TokenKind kind) => Ahead.Kind == kind ? Take() : throw Unexpected(kind == TokenKind.BlockEnd ? "end of statement block" : "end of print statement");

    public JinjaSyntaxException Unexpected(string expected)
        => Fault(Ahead.Kind == TokenKind.End ? $"unexpected end of template, expected {expected}" : $"expected {expected}, got '{Ahead.Value}'");

    public JinjaSyntaxException Fault(string what) => new(what, Ahead.Line);
}
