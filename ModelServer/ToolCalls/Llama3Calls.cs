namespace ModelServer.ToolCalls;

/// <summary>Llama 3: an answer that is <c>{"name": …, "parameters": {…}}</c>, several apart by <c>;</c>, or any that stands behind <c>&lt;|python_tag|&gt;</c>. Without the mark
/// only an object that names a tool is a call; any other is text.</summary>
/// <param name="knows">The tools' names.</param>
internal sealed class Llama3Calls(Func<string, bool> knows) : MarkedCalls([Tag])
{
    public const string Tag = "<|python_tag|>";
    private CallObjectReader _call = new();

    protected override void Begin(string mark) => _call = new(knows);

    protected override Scan InCall(char c, AnswerPieces pieces)
    {
        var scan = _call.Read(c, pieces);
        if (scan == Scan.End) Complete();
        return scan;
    }

    protected override bool BeginsWithout(char c) => c == '{';

    protected override int? Closer(ReadOnlySpan<char> text, bool isEnd) => Length(text, ";", isEnd);
}
