using System.Text;

namespace ModelServer.ToolCalls;

/// <summary>gpt-oss: messages of a head, <c>&lt;|message|&gt;</c> and a body, each on a channel: <c>analysis</c> is reasoning, a recipient <c>to=functions.NAME</c> makes it a call, the
/// rest is text. No mark gets into the text. Texts of several messages stand on lines of their own.</summary>
/// <param name="readsCalls">Whether there are tools; else messages to them are text.</param>
internal sealed class HarmonyAnswer(bool readsCalls) : IAnswerText
{
    public const string Start = "<|start|>", Channel = "<|channel|>", Constrain = "<|constrain|>", Message = "<|message|>", Stop = "<|end|>", Return = "<|return|>", Call = "<|call|>";
    private const string To = "to=", Functions = "functions.";
    private const int LongestHead = 512;
    private static readonly string[] Heads = [Start, Channel, Message, To];
    private static readonly string[] Ends = [Stop, Call, Return, Start, Channel];
    private readonly StringBuilder _told = new();
    private readonly StringBuilder _call = new();
    private readonly HashSet<PieceKind> _begun = [];
    private string _held = "";
    private Where _where = Where.Between;
    private PieceKind _kind = PieceKind.Text;
    private bool _isFresh;
    private string? _name;
    private ArgumentsReader? _arguments;

    private enum Where
    {
        Between,
        Head,
        Body,
        Arguments,
        BehindArguments,
    }

    public int Held => _held.Length + _call.Length;

    public void Append(string text, AnswerPieces pieces)
    {
        _held += text;
        while (_held.Length > 0 && Step(pieces))
        {
        }
    }

    public void End(AnswerPieces pieces)
    {
        if (_where == Where.Body || (_where == Where.Between && !_held.AsSpan().TrimStart().StartsWith("<|"))) Tell(_held, pieces);
        else if (_where == Where.Arguments) EndCall(pieces);
        _held = "";
    }

    private bool Step(AnswerPieces pieces) => _where switch
    {
        Where.Between => Between(),
        Where.Head => Head(),
        Where.Body => Body(pieces),
        Where.Arguments => Arguments(pieces),
        _ => Behind(),
    };

    private bool Between()
    {
        var rest = _held.AsSpan().TrimStart();
        if (rest.IsEmpty) return false;
        foreach (var head in Heads)
        {
            if (rest.StartsWith(head, StringComparison.Ordinal)) return Go(Where.Head);
            if (head.AsSpan().StartsWith(rest, StringComparison.Ordinal)) return false;
        }

        foreach (var end in Ends)
        {
            if (rest.StartsWith(end, StringComparison.Ordinal)) return Go(Where.Between, _held.Length - rest.Length + end.Length);
            if (end.AsSpan().StartsWith(rest, StringComparison.Ordinal)) return false;
        }

        // Not what the model was trained on: all of it is its answer.
        return GoBody(PieceKind.Text, 0);
    }

    private bool Head()
    {
        var end = _held.IndexOf(Message, StringComparison.Ordinal);
        if (end < 0 && _held.Length <= LongestHead + Message.Length) return false;
        if (end is < 0 or > LongestHead) return GoBody(PieceKind.Text, Mark());
        var head = _held.AsSpan(0, end);
        var channel = head.IndexOf(Channel, StringComparison.Ordinal) is >= 0 and var place ? head[(place + Channel.Length)..] : "";
        if (readsCalls && Recipient(head) is { } name)
        {
            (_name, _arguments) = (name, new());
            return Go(Where.Arguments, end + Message.Length);
        }

        return GoBody(channel.TrimStart().StartsWith("analysis", StringComparison.Ordinal) ? PieceKind.Reasoning : PieceKind.Text, end + Message.Length);
    }

    private bool Body(AnswerPieces pieces)
    {
        var end = FirstEnd();
        var certain = end ?? _held.Length - HeldBack.Begun(_held, Ends);
        Tell(_held.AsSpan(0, certain), pieces);
        return end is null ? Go(Where.Body, certain, goesOn: false) : GoBetween(certain);
    }

    private bool Arguments(AnswerPieces pieces)
    {
        for (var i = 0; i < _held.Length; i++)
        {
            // A mark is no JSON outside of a string, and in a string it is none of ours.
            var scan = _arguments!.Read(_held[i], _told);
            if (scan != Scan.Wrong) _call.Append(_held[i]);
            if (_told.Length > 0)
            {
                if (_name is not null) pieces.Add(PieceKind.Call, _name);
                _name = null;
                pieces.Add(PieceKind.Arguments, _told.ToString());
                _told.Clear();
            }

            if (scan == Scan.On) continue;
            if (scan == Scan.Wrong)
            {
                _held = _held[i..];
                EndCall(pieces);
                return GoBody(PieceKind.Text, 0, isFresh: false);
            }

            pieces.Add(PieceKind.CallEnd, "");
            _call.Clear();
            return Go(Where.BehindArguments, i + 1);
        }

        _held = "";
        return false;
    }

    private bool Behind()
    {
        if (FirstEnd() is { } end) return GoBetween(end);
        _held = _held[^HeldBack.Begun(_held, Ends)..];
        return false;
    }

    /// <summary>The arguments ended, and not where an object does.</summary>
    private void EndCall(AnswerPieces pieces)
    {
        if (string.IsNullOrWhiteSpace(_call.ToString()) && _name is not null)
        {
            pieces.Add(PieceKind.Call, _name);
            pieces.Add(PieceKind.Arguments, ArgumentsReader.None);
            pieces.Add(PieceKind.CallEnd, "");
        }
        else
        {
            pieces.Add(PieceKind.CallBroken, _call.ToString());
        }

        _call.Clear();
        _name = null;
    }

    private void Tell(ReadOnlySpan<char> text, AnswerPieces pieces)
    {
        if (text.IsEmpty) return;
        if (_isFresh && !_begun.Add(_kind)) pieces.Add(_kind, "\n");
        _isFresh = false;
        pieces.Add(_kind, text);
    }

    private int? FirstEnd()
    {
        int? first = null;
        foreach (var end in Ends)
            if (_held.IndexOf(end, StringComparison.Ordinal) is >= 0 and var place && !(first <= place)) first = place;
        return first;
    }

    /// <summary>The mark that the text begins with, and white space before it.</summary>
    private int Mark()
    {
        var rest = _held.TrimStart();
        return _held.Length - rest.Length + Heads.Where(mark => rest.StartsWith(mark, StringComparison.Ordinal)).Max(mark => mark.Length);
    }

    private bool Go(Where where, int length = 0, bool goesOn = true)
    {
        (_where, _held) = (where, _held[length..]);
        return goesOn;
    }

    private bool GoBetween(int length) => Go(Where.Between, length);

    private bool GoBody(PieceKind kind, int length, bool isFresh = true)
    {
        (_kind, _isFresh) = (kind, isFresh);
        return Go(Where.Body, length);
    }

    private static string? Recipient(ReadOnlySpan<char> head)
    {
        var place = head.IndexOf(To + Functions, StringComparison.Ordinal);
        if (place < 0) return null;
        var rest = head[(place + To.Length + Functions.Length)..];
        var end = rest.IndexOfAny(" \t\n<");
        var name = end < 0 ? rest : rest[..end];
        return name.IsEmpty ? null : name.ToString();
    }
}
