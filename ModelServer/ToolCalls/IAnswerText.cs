namespace ModelServer.ToolCalls;

/// <summary>Reads the text of one answer as it comes, however it is cut into chunks. What may be the beginning of a mark is held back until it is certain. It never throws, whatever the text.</summary>
internal interface IAnswerText
{
    /// <summary>Characters that are not told yet.</summary>
    int Held { get; }

    void Append(string text, AnswerPieces pieces);

    /// <summary>Nothing follows.</summary>
    void End(AnswerPieces pieces);
}

/// <summary>All of it is text.</summary>
internal sealed class PlainText : IAnswerText
{
    public int Held => 0;

    public void Append(string text, AnswerPieces pieces) => pieces.Add(PieceKind.Text, text);

    public void End(AnswerPieces pieces)
    {
    }
}
