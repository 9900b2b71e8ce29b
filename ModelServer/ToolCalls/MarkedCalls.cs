using System.Text;

namespace ModelServer.ToolCalls;

/// <summary>Reads text with calls that begin with a mark. Text goes on at once, but for what may be the beginning of a mark and for white space before one. A call that is
/// malformed ends where it goes wrong; what follows is text again.</summary>
/// <param name="marks">What calls begin with.</param>
internal abstract class MarkedCalls(IReadOnlyList<string> marks) : IAnswerText
{
    /// <summary>All of the call under way, its mark and the space before it included.</summary>
    private readonly StringBuilder _call = new();
    private string _held = "";
    private Where _where = Where.InText;
    private bool _hasCalls;
    private bool _hasText;

    private enum Where
    {
        InText,
        InCall,
        BehindCall,
    }

    public int Held => _held.Length + _call.Length;

    public void Append(string text, AnswerPieces pieces)
    {
        _held += text;
        Read(pieces, isEnd: false);
    }

    public void End(AnswerPieces pieces)
    {
        Read(pieces, isEnd: true);
        if (_where == Where.InCall) Break(pieces);
        if (!_hasCalls || !string.IsNullOrWhiteSpace(_held)) pieces.Add(PieceKind.Text, _held);
        _held = "";
    }

    /// <summary>A call begins.</summary>
    protected abstract void Begin(string mark);

    /// <summary>The next character of a call.</summary>
    /// <returns><see cref="Scan.Over"/> is never one of them.</returns>
    protected abstract Scan InCall(char c, AnswerPieces pieces);

    /// <summary>A call is complete, and another may follow without a mark: what was read so far is never taken back.</summary>
    protected void Complete()
    {
        _hasCalls = true;
        _call.Clear();
    }

    /// <summary>Whether a call begins with this text, which stands where no text has been, or behind a call.</summary>
    protected virtual bool BeginsWithout(char c) => false;

    /// <summary>What may stand behind a call and is no text: how much of it there is, or null where more must come to know.</summary>
    protected virtual int? Closer(ReadOnlySpan<char> text, bool isEnd) => 0;

    /// <summary>How much of a text one mark is behind white space; 0 where it is not; null where more must come to know.</summary>
    protected static int? Length(ReadOnlySpan<char> text, string mark, bool isEnd)
    {
        var rest = text.TrimStart();
        if (rest.StartsWith(mark, StringComparison.Ordinal)) return text.Length - rest.Length + mark.Length;
        return !isEnd && mark.AsSpan().StartsWith(rest, StringComparison.Ordinal) ? null : 0;
    }

    private void Read(AnswerPieces pieces, bool isEnd)
    {
        while (_held.Length > 0)
        {
            var goesOn = _where switch
            {
                Where.InText => ReadText(pieces),
                Where.InCall => ReadCall(pieces),
                _ => ReadBehind(isEnd),
            };
            if (!goesOn) return;
        }
    }

    private bool ReadText(AnswerPieces pieces)
    {
        var space = _held.Length - _held.AsSpan().TrimStart().Length;
        if (!_hasText && space < _held.Length && BeginsWithout(_held[space]))
        {
            Begin(space, "");
            return true;
        }

        var (start, mark) = First();
        if (mark is null)
        {
            // Space behind a call is kept until there is text behind it.
            var certain = !_hasText && space == _held.Length ? 0 : _held.Length - HeldBack.Before(_held, marks);
            Tell(certain, pieces);
            return false;
        }

        Tell(start - HeldBack.Space(_held.AsSpan(0, start)), pieces);
        Begin(_held.IndexOf(mark, StringComparison.Ordinal), mark);
        return true;
    }

    private bool ReadCall(AnswerPieces pieces)
    {
        for (var i = 0; i < _held.Length; i++)
        {
            _call.Append(_held[i]);
            var scan = InCall(_held[i], pieces);
            if (scan == Scan.On) continue;
            if (scan == Scan.Wrong) _call.Length--;
            _held = _held[(scan == Scan.Wrong ? i : i + 1)..];
            if (scan == Scan.Wrong) Break(pieces);
            else End();
            return true;
        }

        _held = "";
        return false;
    }

    private bool ReadBehind(bool isEnd)
    {
        if (Closer(_held, isEnd) is not { } length) return false;
        _held = _held[length..];
        _where = Where.InText;
        return true;
    }

    private void Begin(int space, string mark)
    {
        _call.Clear().Append(_held, 0, space + mark.Length);
        _held = _held[(space + mark.Length)..];
        _where = Where.InCall;
        Begin(mark);
    }

    private void End()
    {
        _call.Clear();
        _where = Where.BehindCall;
        _hasText = false;
    }

    private void Break(AnswerPieces pieces)
    {
        if (!string.IsNullOrWhiteSpace(_call.ToString())) pieces.Add(PieceKind.CallBroken, _call.ToString());
        _call.Clear();
        _where = Where.InText;
        _hasText = true;
    }

    private void Tell(int length, AnswerPieces pieces)
    {
        if (length <= 0) return;
        _hasText = true;
        pieces.Add(PieceKind.Text, _held.AsSpan(0, length));
        _held = _held[length..];
    }

    private (int Start, string? Mark) First()
    {
        (int Start, string? Mark) first = (int.MaxValue, null);
        foreach (var mark in marks)
            if (_held.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var start && start < first.Start) first = (start, mark);
        return first;
    }
}
