using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.ToolCalls;

namespace ModelServer.Chat;

/// <summary>Reads one answer, and tells its tokens with the text that they are part of: those of thoughts and calls with none.</summary>
internal sealed class ChoiceReader(int choice, IAnswerText text, AnswerParts parts)
{
    private readonly AnswerPieces _pieces = new();
    private readonly Queue<(ScoredToken Token, int Start)> _tokens = new();
    private int _read;
    private int _codePoints;
    private int? _begin;

    public AnswerPart[] Read(TextChunk chunk)
    {
        if (text is PlainText)
        {
            if (chunk.Text.Length > 0 || chunk.Tokens.Count > 0) parts.Add(new TextPart(choice, chunk.Text, chunk.Tokens));
        }
        else
        {
            Append(chunk.Text, chunk.Tokens);
        }

        if (chunk.Finish is not { } finish) return parts.Take();
        text.End(_pieces);
        parts.Add(_pieces.Take(), Release(), isCut: finish == FinishReason.Length);
        return parts.End(finish == FinishReason.Length);
    }

    /// <summary>Token by token, where there are any: a token and the text of another kind behind it may come in one chunk.</summary>
    private void Append(string chunk, IReadOnlyList<ScoredToken> tokens)
    {
        var place = 0;
        foreach (var token in tokens)
        {
            _begin ??= token.Offset;
            var start = place;
            while (place < chunk.Length && _codePoints < token.Offset - _begin) _codePoints += char.IsLowSurrogate(chunk[place++]) ? 0 : 1;
            while (place < chunk.Length && char.IsLowSurrogate(chunk[place])) place++;
            Append(chunk[start..place]);
            _tokens.Enqueue((token, _read));
        }

        foreach (var c in chunk.AsSpan(place)) _codePoints += char.IsLowSurrogate(c) ? 0 : 1;
        Append(chunk[place..]);
    }

    private void Append(string part)
    {
        if (part.Length == 0) return;
        _read += part.Length;
        text.Append(part, _pieces);
        parts.Add(_pieces.Take(), Release(), isCut: false);
    }

    /// <summary>Tokens that begin in what has been told by now.</summary>
    private List<ScoredToken> Release()
    {
        var released = new List<ScoredToken>();
        while (_tokens.TryPeek(out var next) && next.Start < _read - text.Held) released.Add(_tokens.Dequeue().Token);
        return released;
    }
}
