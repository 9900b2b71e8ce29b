using ModelServer.Generation;
using ModelServer.ToolCalls;

namespace ModelServer.Chat;

/// <summary>Makes parts of an answer of the pieces of its text.</summary>
internal sealed class AnswerParts(int choice, bool parallel, bool isWhole, Func<string> newId)
{
    private readonly List<AnswerPart> _parts = [];

    /// <summary>A call that is not told before it is complete.</summary>
    private readonly List<AnswerPart> _call = [];
    private int _calls;
    private bool _isOpen;
    private bool _hasCalls;

    /// <summary>Whether the call under way is one too many.</summary>
    private bool _isLeftOut;

    public void Add(AnswerPart part) => _parts.Add(part);

    /// <param name="pieces">What came.</param>
    /// <param name="tokens">Those that begin in it.</param>
    /// <param name="isCut">Whether the text ends with them because no more tokens were allowed.</param>
    public void Add(IReadOnlyList<AnswerPiece> pieces, IReadOnlyList<ScoredToken> tokens, bool isCut)
    {
        var first = _parts.Count;
        foreach (var piece in pieces) Add(piece, isCut);
        if (tokens.Count > 0 && _parts.FindLastIndex(p => p is TextPart) is var last && last >= first) _parts[last] = WithTokens((TextPart)_parts[last], tokens);
    }

    public AnswerPart[] Take()
    {
        AnswerPart[] taken = [.. _parts];
        _parts.Clear();
        return taken;
    }

    public AnswerPart[] End(bool isCut)
    {
        _parts.Add(new EndPart(choice, isCut ? AnswerEnd.Length : _hasCalls ? AnswerEnd.ToolCalls : AnswerEnd.Stop));
        return Take();
    }

    private void Add(AnswerPiece piece, bool isCut)
    {
        switch (piece.Kind)
        {
            case PieceKind.Text:
                _parts.Add(new TextPart(choice, piece.Text, []));
                break;
            case PieceKind.Reasoning:
                _parts.Add(new ReasoningPart(choice, piece.Text));
                break;
            case PieceKind.Call:
                _isOpen = true;
                _isLeftOut = !parallel && _calls > 0;
                AddToCall(new ToolCallPart(choice, _calls, newId(), piece.Text));
                break;
            case PieceKind.Arguments:
                AddToCall(new ArgumentsPart(choice, _calls, piece.Text));
                break;
            case PieceKind.CallEnd:
                _hasCalls = true;
                EndCall();
                break;
            // Whoever set the limit sees by the finish that the call is not all there.
            case PieceKind.CallBroken when _isOpen && (isCut || !isWhole):
                EndCall();
                break;
            default:
                _call.Clear();
                _isOpen = false;
                if (piece.Text.Length > 0) _parts.Add(new TextPart(choice, piece.Text, []));
                break;
        }
    }

    private void AddToCall(AnswerPart part)
    {
        if (!_isLeftOut) (isWhole ? _call : _parts).Add(part);
    }

    private void EndCall()
    {
        _parts.AddRange(_call);
        _call.Clear();
        if (!_isLeftOut) _calls++;
        _isOpen = false;
        _isLeftOut = false;
    }

    private static TextPart WithTokens(TextPart part, IReadOnlyList<ScoredToken> tokens) => part with { Tokens = [.. part.Tokens, .. tokens] };
}
