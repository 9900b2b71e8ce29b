namespace ModelServer.ToolCalls;

/// <summary>Hermes, Qwen and many others: <c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, again for each call.</summary>
internal sealed class HermesCalls() : MarkedCalls([Open])
{
    public const string Open = "<tool_call>", Close = "</tool_call>";
    private CallObjectReader _call = new();

    protected override void Begin(string mark) => _call = new();

    protected override Scan InCall(char c, AnswerPieces pieces)
    {
        var scan = _call.Read(c, pieces);
        if (scan == Scan.End) Complete();
        return scan;
    }

    protected override int? Closer(ReadOnlySpan<char> text, bool isEnd) => Length(text, Close, isEnd);
}
