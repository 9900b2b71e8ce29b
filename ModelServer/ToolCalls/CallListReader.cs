namespace ModelServer.ToolCalls;

/// <summary>Reads a list of calls that are objects, or one such object.</summary>
internal sealed class CallListReader
{
    private CallObjectReader _call = new();
    private State _state;

    /// <param name="isOpen">Whether its bracket has been read.</param>
    public CallListReader(bool isOpen) => _state = isOpen ? State.FirstItem : State.Open;

    private enum State
    {
        Open,
        FirstItem,
        Item,
        InItem,
        Single,
        Behind,
    }

    /// <summary>Whether a call ended with the last character.</summary>
    public bool HasEnded { get; private set; }

    public Scan Read(char c, AnswerPieces pieces)
    {
        HasEnded = false;
        if (_state is not (State.InItem or State.Single) && ArgumentsReader.IsSpace(c)) return Scan.On;
        switch (_state)
        {
            case State.Open when c == '[': return Go(State.FirstItem);
            case State.FirstItem or State.Behind when c == ']': return Scan.End;
            case State.Behind when c == ',': return Go(State.Item);
            case State.Open or State.FirstItem or State.Item when c == '{':
                _call = new();
                _state = _state == State.Open ? State.Single : State.InItem;
                return _call.Read(c, pieces);
            case State.InItem or State.Single:
                var scan = _call.Read(c, pieces);
                if (scan != Scan.End) return scan;
                HasEnded = true;
                return _state == State.Single ? Scan.End : Go(State.Behind);
            default: return Scan.Wrong;
        }
    }

    private Scan Go(State state)
    {
        _state = state;
        return Scan.On;
    }
}
