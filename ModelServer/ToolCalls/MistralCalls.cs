using System.Text;

namespace ModelServer.ToolCalls;

/// <summary>Mistral: <c>[TOOL_CALLS] [{"name": …, "arguments": {…}}, …]</c>, and newer <c>[TOOL_CALLS]name[ARGS]{…}</c>, again for each call, maybe with a <c>[CALL_ID]</c> between.</summary>
internal sealed class MistralCalls() : MarkedCalls([Mark])
{
    public const string Mark = "[TOOL_CALLS]", Arguments = "[ARGS]", CallId = "[CALL_ID]";
    private const int LongestHead = 256;
    private readonly StringBuilder _head = new();
    private readonly StringBuilder _told = new();
    private CallListReader? _list;
    private ArgumentsReader? _arguments;

    protected override void Begin(string mark)
    {
        _head.Clear();
        _told.Clear();
        (_list, _arguments) = (null, null);
    }

    protected override Scan InCall(char c, AnswerPieces pieces)
    {
        if (_arguments is not null) return InArguments(c, pieces);
        if (_list is null && _head.Length == 0)
        {
            if (ArgumentsReader.IsSpace(c)) return Scan.On;
            if (c is '[' or '{') _list = new(isOpen: false);
        }

        if (_list is null) return InHead(c, pieces);
        var scan = _list.Read(c, pieces);
        if (_list.HasEnded) Complete();
        return scan;
    }

    /// <summary>The name, then either the mark of arguments, with or without an id before it, or at once the arguments.</summary>
    private Scan InHead(char c, AnswerPieces pieces)
    {
        if (c == '{' && Name(_head.ToString().AsSpan().TrimEnd()) is { } name) return BeginArguments(name, pieces, c);
        if (_head.Length == LongestHead) return Scan.Wrong;
        _head.Append(c);
        if (c != ']') return Scan.On;
        var head = _head.ToString();
        if (head.EndsWith(CallId, StringComparison.Ordinal)) return Scan.On;
        if (!head.EndsWith(Arguments, StringComparison.Ordinal)) return Scan.Wrong;
        var id = head.IndexOf(CallId, StringComparison.Ordinal);
        return Name(head.AsSpan(0, id < 0 ? head.Length - Arguments.Length : id)) is { } named ? BeginArguments(named, pieces) : Scan.Wrong;
    }

    private Scan BeginArguments(string name, AnswerPieces pieces, char? first = null)
    {
        pieces.Add(PieceKind.Call, name);
        _arguments = new();
        return first is { } c ? InArguments(c, pieces) : Scan.On;
    }

    private Scan InArguments(char c, AnswerPieces pieces)
    {
        var scan = _arguments!.Read(c, _told);
        foreach (var part in _told.GetChunks()) pieces.Add(PieceKind.Arguments, part.Span);
        _told.Clear();
        if (scan != Scan.End) return scan;
        pieces.Add(PieceKind.CallEnd, "");
        Complete();
        return scan;
    }

    private static string? Name(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return null;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return null;
        return text.ToString();
    }
}
