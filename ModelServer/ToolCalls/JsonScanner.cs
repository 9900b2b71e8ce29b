namespace ModelServer.ToolCalls;

internal enum Scan
{
    /// <summary>The character belongs to the value, which goes on.</summary>
    On,

    /// <summary>The character is the value's last.</summary>
    End,

    /// <summary>The value ended before the character.</summary>
    Over,

    /// <summary>No JSON value has the character here.</summary>
    Wrong,
}

/// <summary>Follows one JSON value (RFC 8259) character by character.</summary>
internal sealed class JsonScanner
{
    private const int MostDepth = 256;
    private readonly Stack<bool> _objects = new();
    private State _state = State.Value;
    private string _literal = "";
    private int _place;
    private bool _isKey;

    private enum State
    {
        Value,
        FirstItem,
        FirstKey,
        Key,
        Colon,
        Behind,
        String,
        Escape,
        Hex,
        Literal,
        Minus,
        Zero,
        Digits,
        Point,
        Fraction,
        Exponent,
        Sign,
        Power,
    }

    public Scan Read(char c) => _state switch
    {
        State.String => InString(c),
        State.Escape => c == 'u' ? Go(State.Hex, place: 0) : "\"\\/bfnrt".Contains(c, StringComparison.Ordinal) ? Go(State.String) : Scan.Wrong,
        State.Hex => !char.IsAsciiHexDigit(c) ? Scan.Wrong : _place == 3 ? Go(State.String) : Go(State.Hex, _place + 1),
        State.Literal => c != _literal[_place] ? Scan.Wrong : ++_place == _literal.Length ? Complete() : Scan.On,
        >= State.Minus => InNumber(c),
        _ when c is ' ' or '\t' or '\n' or '\r' => Scan.On,
        State.Value => Begin(c),
        State.FirstItem => c == ']' ? Close(isObject: false) : Begin(c),
        State.FirstKey => c == '}' ? Close(isObject: true) : Key(c),
        State.Key => Key(c),
        State.Colon => c == ':' ? Go(State.Value) : Scan.Wrong,
        _ => Behind(c),
    };

    private Scan Begin(char c) => c switch
    {
        '{' => Open(isObject: true),
        '[' => Open(isObject: false),
        '"' => GoString(isKey: false),
        't' => GoLiteral("true"),
        'f' => GoLiteral("false"),
        'n' => GoLiteral("null"),
        '-' => Go(State.Minus),
        '0' => Go(State.Zero),
        >= '1' and <= '9' => Go(State.Digits),
        _ => Scan.Wrong,
    };

    private Scan Key(char c) => c == '"' ? GoString(isKey: true) : Scan.Wrong;

    private Scan InString(char c)
    {
        if (c == '\\') return Go(State.Escape);
        if (c < ' ') return Scan.Wrong;
        if (c != '"') return Scan.On;
        return _isKey ? Go(State.Colon) : Complete();
    }

    private Scan InNumber(char c)
    {
        var isDigit = char.IsAsciiDigit(c);
        switch (_state)
        {
            case State.Minus: return c == '0' ? Go(State.Zero) : isDigit ? Go(State.Digits) : Scan.Wrong;
            case State.Point: return isDigit ? Go(State.Fraction) : Scan.Wrong;
            case State.Exponent when c is '+' or '-': return Go(State.Sign);
            case State.Exponent or State.Sign: return isDigit ? Go(State.Power) : Scan.Wrong;
            case State.Digits or State.Fraction or State.Power when isDigit: return Scan.On;
            case State.Zero or State.Digits when c == '.': return Go(State.Point);
            case State.Zero or State.Digits or State.Fraction when c is 'e' or 'E': return Go(State.Exponent);
        }

        return Complete() == Scan.End ? Scan.Over : Read(c);
    }

    private Scan Behind(char c) => c switch
    {
        ',' => _objects.Peek() ? Go(State.Key) : Go(State.Value),
        '}' => Close(isObject: true),
        ']' => Close(isObject: false),
        _ => Scan.Wrong,
    };

    private Scan Open(bool isObject)
    {
        if (_objects.Count == MostDepth) return Scan.Wrong;
        _objects.Push(isObject);
        return Go(isObject ? State.FirstKey : State.FirstItem);
    }

    private Scan Close(bool isObject)
    {
        if (_objects.Peek() != isObject) return Scan.Wrong;
        _objects.Pop();
        return Complete();
    }

    private Scan Complete()
    {
        _state = State.Behind;
        return _objects.Count == 0 ? Scan.End : Scan.On;
    }

    private Scan Go(State state, int place = 0)
    {
        (_state, _place) = (state, place);
        return Scan.On;
    }

    private Scan GoString(bool isKey)
    {
        _isKey = isKey;
        return Go(State.String);
    }

    private Scan GoLiteral(string literal)
    {
        _literal = literal;
        return Go(State.Literal, place: 1);
    }
}
