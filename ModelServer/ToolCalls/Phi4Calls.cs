namespace ModelServer.ToolCalls;

/// <summary>Phi-4 and Granite: <c>&lt;|tool_call|&gt;[{"name": …, "arguments": {…}}, …]&lt;|/tool_call|&gt;</c>, or <c>functools[…]</c>.</summary>
internal sealed class Phi4Calls() : MarkedCalls([Open, Functools])
{
    public const string Open = "<|tool_call|>", Close = "<|/tool_call|>", Functools = "functools[";
    private CallListReader _calls = new(isOpen: false);

    protected override void Begin(string mark) => _calls = new(isOpen: mark == Functools);

    protected override Scan InCall(char c, AnswerPieces pieces)
    {
        var scan = _calls.Read(c, pieces);
        if (_calls.HasEnded) Complete();
        return scan;
    }

    protected override int? Closer(ReadOnlySpan<char> text, bool isEnd) => Length(text, Close, isEnd);
}
