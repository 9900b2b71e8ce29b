using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Reads an assistant's answers as deltas, in OpenAI's order: a choice's first event has the role and no text, its last the finish and no text.</summary>
internal sealed class ChatChunkReader(bool withLogprobs) : IChunkReader<ChatCompletionDelta>
{
    private readonly HashSet<int> _begun = [];

    public ChatCompletionDelta[] Read(TextChunk chunk)
    {
        var events = new List<ChatCompletionDelta>(3);
        if (_begun.Add(chunk.Choice)) events.Add(First(chunk.Choice));
        var tokens = Logprobs(chunk.Tokens) is { Content.Length: > 0 } logprobs ? logprobs : null;
        if (chunk.Text.Length > 0 || tokens is not null) events.Add(new(chunk.Choice, new(null, chunk.Text), tokens, null));
        if (chunk.Finish is { } finish) events.Add(new(chunk.Choice, new(null, null), null, finish.Name()));
        return [.. events];
    }

    public ChatCompletionDelta Nothing(int choice) => _begun.Add(choice) ? First(choice) : new(choice, new(null, ""), null, null);

    /// <summary>An end token is no part of them, as it is none of the message.</summary>
    public ChatLogprobs? Logprobs(IEnumerable<ScoredToken> tokens) => withLogprobs ? new([.. tokens.Where(t => !t.IsEnd).Select(ToLogprob)], null) : null;

    private static ChatCompletionDelta First(int choice) => new(choice, new("assistant", ""), null, null);

    private static ChatLogprob ToLogprob(ScoredToken token) => new(
        token.Token.Spell(),
        token.Logprob ?? 0,
        ToNumbers(token.Token.Bytes),
        Array.ConvertAll(token.Top, t => new ChatTopLogprob(t.Token.Spell(), t.Logprob, ToNumbers(t.Token.Bytes))));

    private static int[] ToNumbers(byte[] bytes) => Array.ConvertAll(bytes, b => (int)b);
}
