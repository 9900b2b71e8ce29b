namespace ModelServer.ToolCalls;

/// <summary>Reads what a model thinks, between <c>&lt;think&gt;</c> at the beginning of its answer and <c>&lt;/think&gt;</c>, and passes on what follows. White space around is part of neither.</summary>
/// <param name="answer">Reads what follows.</param>
/// <param name="isOpen">Whether the prompt ends with the opening mark.</param>
internal sealed class Thoughts(IAnswerText answer, bool isOpen) : IAnswerText
{
    public const string Open = "<think>", Close = "</think>";
    private Where _where = isOpen ? Where.Begun : Where.Before;
    private string _held = "";

    private enum Where
    {
        Before,
        Begun,
        Inside,
        Behind,
        Through,
    }

    public int Held => _held.Length + answer.Held;

    /// <summary>Whether a prompt leaves the model to think: its last words open a thought.</summary>
    public static bool AreOpenAt(string prompt) => prompt.AsSpan().TrimEnd().EndsWith(Open, StringComparison.Ordinal);

    public void Append(string text, AnswerPieces pieces)
    {
        if (_where == Where.Through)
        {
            answer.Append(text, pieces);
            return;
        }

        _held += text;
        while (Step(pieces))
        {
        }
    }

    public void End(AnswerPieces pieces)
    {
        if (_where == Where.Inside) pieces.Add(PieceKind.Reasoning, _held.AsSpan().TrimEnd());
        else if (_where == Where.Before) answer.Append(_held, pieces);
        _held = "";
        answer.End(pieces);
    }

    private bool Step(AnswerPieces pieces)
    {
        var text = _held.AsSpan();
        switch (_where)
        {
            case Where.Before:
                var rest = text.TrimStart();
                if (rest.StartsWith(Open, StringComparison.Ordinal)) return Go(Where.Begun, text.Length - rest.Length + Open.Length);
                return !Open.AsSpan().StartsWith(rest, StringComparison.Ordinal) && Through(0, pieces);
            case Where.Begun or Where.Behind:
                var space = text.Length - text.TrimStart().Length;
                if (space == text.Length) return Go(_where, space, goesOn: false);
                return _where == Where.Begun ? Go(Where.Inside, space) : Through(space, pieces);
            case Where.Inside:
                var end = _held.IndexOf(Close, StringComparison.Ordinal);
                var certain = end < 0 ? _held.Length - HeldBack.Before(_held, [Close]) : end - HeldBack.Space(text[..end]);
                pieces.Add(PieceKind.Reasoning, text[..certain]);
                return end < 0 ? Go(Where.Inside, certain, goesOn: false) : Go(Where.Behind, end + Close.Length);
            default:
                return false;
        }
    }

    private bool Go(Where where, int length, bool goesOn = true)
    {
        (_where, _held) = (where, _held[length..]);
        return goesOn;
    }

    private bool Through(int skipped, AnswerPieces pieces)
    {
        var rest = _held[skipped..];
        (_where, _held) = (Where.Through, "");
        answer.Append(rest, pieces);
        return false;
    }
}
