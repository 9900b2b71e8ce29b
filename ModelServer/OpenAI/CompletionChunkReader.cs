using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Reads continuations as they are; a choice's last event has its finish and no text.</summary>
/// <param name="top">Most likely tokens to tell with each; null tells no log probabilities.</param>
internal sealed class CompletionChunkReader(int? top) : IChunkReader<TextCompletionChoice>
{
    /// <summary>Before the bytes of a token that is no whole character, as OpenAI's route has it.</summary>
    private const string BytesMark = "bytes:";

    public TextCompletionChoice[] Read(TextChunk chunk)
    {
        var text = chunk.Text.Length > 0 || chunk.Tokens.Count > 0 ? new TextCompletionChoice(chunk.Choice, chunk.Text, Logprobs(chunk.Tokens), null!) : null;
        var end = chunk.Finish is { } finish ? new TextCompletionChoice(chunk.Choice, "", null, finish.Name()) : null;
        return text is null ? end is null ? [] : [end] : end is null ? [text] : [text, end];
    }

    public TextCompletionChoice Nothing(int choice) => new(choice, "", null, null!);

    public TextCompletionChoice Whole(int choice, TextAnswer answer) => new(choice, answer.Text, Logprobs(answer.Tokens), answer.Finish.Name());

    private TextLogprobs? Logprobs(IReadOnlyList<ScoredToken> tokens) => top is null ? null : new(
        [.. tokens.Select(t => t.Token.Spell(BytesMark))],
        [.. tokens.Select(t => t.Logprob)],
        top == 0 ? null : [.. tokens.Select(ToTop)],
        [.. tokens.Select(t => t.Offset)]);

    private static Dictionary<string, float>? ToTop(ScoredToken token)
    {
        if (token.Logprob is not { } logprob) return null;
        var top = new Dictionary<string, float>();
        // Tokens that look alike are one here: the likeliest.
        foreach (var other in token.Top) top.TryAdd(other.Token.Spell(BytesMark), other.Logprob);
        top.TryAdd(token.Token.Spell(BytesMark), logprob);
        return top;
    }
}
