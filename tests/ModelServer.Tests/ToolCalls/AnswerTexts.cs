using ModelServer.ToolCalls;

namespace ModelServer.Tests.ToolCalls;

/// <summary>Reads scripted answers, in any pieces.</summary>
internal static class AnswerTexts
{
    public static readonly string[] Tools = ["get_weather", "add"];

    /// <summary>What is read, a line for each piece; neighbours of one kind are one.</summary>
    public static string Read(ToolCallForm form, IEnumerable<string> chunks, bool thinks = false, bool isThinking = false)
    {
        var pieces = new List<AnswerPiece>();
        foreach (var piece in ReadPieces(form, chunks, thinks, isThinking))
        {
            if (pieces.Count > 0 && pieces[^1].Kind == piece.Kind && piece.Kind is PieceKind.Text or PieceKind.Reasoning or PieceKind.Arguments)
                pieces[^1] = piece with { Text = pieces[^1].Text + piece.Text };
            else pieces.Add(piece);
        }

        return string.Join('\n', pieces.Select(p => $"{p.Kind}({p.Text})"));
    }

    public static IEnumerable<AnswerPiece> ReadPieces(ToolCallForm form, IEnumerable<string> chunks, bool thinks = false, bool isThinking = false)
    {
        var answer = new AnswerForm(form, thinks).Read(Tools, isThinking);
        var pieces = new AnswerPieces();
        foreach (var chunk in chunks)
        {
            answer.Append(chunk, pieces);
            foreach (var piece in pieces.Take()) yield return piece;
        }

        answer.End(pieces);
        foreach (var piece in pieces.Take()) yield return piece;
    }

    /// <summary>The same text in chunks of 1 to <paramref name="longest"/> characters.</summary>
    public static IEnumerable<string> Split(string text, Random random, int longest)
    {
        for (var place = 0; place < text.Length;)
        {
            var length = Math.Min(random.Next(1, longest + 1), text.Length - place);
            yield return text.Substring(place, length);
            place += length;
        }
    }
}
