using System.Text;

namespace ModelServer.ToolCalls;

/// <summary>Reads one call that is an object with the members <c>name</c> and <c>arguments</c> or <c>parameters</c>, in any order and among others, also inside of a member
/// <c>function</c>. The call is told once its name is known and its arguments have begun.</summary>
/// <param name="knows">Which names make it a call; null for any.</param>
internal sealed class CallObjectReader(Func<string, bool>? knows = null)
{
    private readonly StringBuilder _token = new();
    private readonly StringBuilder _arguments = new();
    private State _state = State.Open;
    private JsonScanner _scanner = new();
    private ArgumentsReader? _reader;
    private string _key = "";
    private string? _name;
    private bool _isInner;

    private enum State
    {
        Open,
        FirstKey,
        Key,
        InKey,
        Colon,
        BeforeValue,
        InValue,
        Behind,
    }

    /// <summary>Whether the call was told.</summary>
    public bool IsTold { get; private set; }

    public Scan Read(char c, AnswerPieces pieces)
    {
        if (_state is not (State.InKey or State.InValue) && ArgumentsReader.IsSpace(c)) return Scan.On;
        switch (_state)
        {
            case State.Open when c == '{': return Go(State.FirstKey);
            case State.FirstKey or State.Behind when c == '}': return Close(pieces);
            case State.FirstKey or State.Key when c == '"':
                Begin(State.InKey);
                return Scanned(c, pieces);
            case State.Behind when c == ',': return Go(State.Key);
            case State.Colon when c == ':': return Go(State.BeforeValue);
            case State.BeforeValue when c == '{' && _key == "function" && !_isInner && _name is null && _reader is null:
                _isInner = true;
                return Go(State.FirstKey);
            case State.BeforeValue:
                Begin(State.InValue);
                return Value(c, pieces);
            case State.InKey: return Scanned(c, pieces);
            case State.InValue: return Value(c, pieces);
            default: return Scan.Wrong;
        }
    }

    private Scan Value(char c, AnswerPieces pieces)
    {
        if (_key is not ("arguments" or "parameters")) return Scanned(c, pieces);
        if (_token.Length == 0)
        {
            if (_reader is not null) return Scan.Wrong;
            _reader = new();
            _token.Append(c);
        }

        var scan = _reader!.Read(c, _arguments);
        if (scan == Scan.Wrong) return scan;
        Tell(pieces);
        return scan == Scan.End ? Go(State.Behind) : Scan.On;
    }

    private Scan Scanned(char c, AnswerPieces pieces)
    {
        var scan = _scanner.Read(c);
        if (scan == Scan.Wrong) return scan;
        if (scan != Scan.Over) _token.Append(c);
        if (scan == Scan.On) return scan;
        if (_state == State.InKey)
        {
            _key = JsonText.OfString(_token.ToString());
            return Go(State.Colon);
        }

        _state = State.Behind;
        if (_key == "name")
        {
            if (_name is not null || _token[0] != '"' || _token.Length == 2) return Scan.Wrong;
            _name = JsonText.OfString(_token.ToString());
            if (knows is not null && !knows(_name)) return Scan.Wrong;
            Tell(pieces);
        }

        return scan == Scan.Over ? Read(c, pieces) : Scan.On;
    }

    private Scan Close(AnswerPieces pieces)
    {
        if (_isInner)
        {
            _isInner = false;
            return Go(State.Behind);
        }

        if (_name is null) return Scan.Wrong;
        if (_reader is null) _arguments.Append(ArgumentsReader.None);
        Tell(pieces);
        pieces.Add(PieceKind.CallEnd, "");
        return Scan.End;
    }

    private void Tell(AnswerPieces pieces)
    {
        if (_name is null || _arguments.Length == 0) return;
        if (!IsTold) pieces.Add(PieceKind.Call, _name);
        IsTold = true;
        foreach (var part in _arguments.GetChunks()) pieces.Add(PieceKind.Arguments, part.Span);
        _arguments.Clear();
    }

    private void Begin(State state)
    {
        _state = state;
        _scanner = new();
        _token.Clear();
    }

    private Scan Go(State state)
    {
        _state = state;
        return Scan.On;
    }
}
