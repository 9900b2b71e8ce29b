using System.Text;

namespace ModelServer.ToolCalls;

internal enum PieceKind
{
    Text,
    Reasoning,

    /// <summary>A call begins; the text is the tool's name.</summary>
    Call,

    /// <summary>The next piece of a call's arguments, JSON text as the model wrote it.</summary>
    Arguments,

    /// <summary>The call is complete.</summary>
    CallEnd,

    /// <summary>What looked like a call is none; the text is all that the model wrote of it. Where its <see cref="Call"/> was told, this takes it back.</summary>
    CallBroken,
}

/// <summary>What a part of a generated text turned out to be.</summary>
internal readonly record struct AnswerPiece(PieceKind Kind, string Text = "");

/// <summary>Pieces in the order of the text; neighbours that go on with each other are one.</summary>
internal sealed class AnswerPieces
{
    private readonly List<AnswerPiece> _pieces = [];
    private readonly StringBuilder _last = new();
    private PieceKind _kind;

    public void Add(PieceKind kind, ReadOnlySpan<char> text)
    {
        var goesOn = kind is PieceKind.Text or PieceKind.Reasoning or PieceKind.Arguments;
        if (goesOn && text.IsEmpty) return;
        if (kind != _kind) Close();
        _kind = kind;
        _last.Append(text);
        if (goesOn) return;
        _pieces.Add(new(kind, _last.ToString()));
        _last.Clear();
    }

    /// <summary>What came since it was last taken.</summary>
    public List<AnswerPiece> Take()
    {
        Close();
        List<AnswerPiece> taken = [.. _pieces];
        _pieces.Clear();
        return taken;
    }

    private void Close()
    {
        if (_last.Length == 0) return;
        _pieces.Add(new(_kind, _last.ToString()));
        _last.Clear();
    }
}
