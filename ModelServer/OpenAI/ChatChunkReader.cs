using System.Text;
using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Reads an assistant's answers as deltas; the first of each choice has the role.</summary>
internal sealed class ChatChunkReader(bool withLogprobs) : IChunkReader<ChatCompletionDelta>
{
    private readonly HashSet<int> _begun = [];

    public ChatCompletionDelta[] Read(TextChunk chunk)
    {
        var isFirst = _begun.Add(chunk.Choice);
        var delta = new ChatDelta(isFirst ? "assistant" : null, isFirst || chunk.Text.Length > 0 ? chunk.Text : null);
        return [new(chunk.Choice, delta, Logprobs(chunk.Tokens), chunk.Finish?.Name())];
    }

    public ChatLogprobs? Logprobs(IReadOnlyList<ScoredToken> tokens) => withLogprobs ? new([.. tokens.Select(ToLogprob)], null) : null;

    private static ChatLogprob ToLogprob(ScoredToken token) => new(
        token.Text,
        token.Logprob,
        ToBytes(token.Text),
        Array.ConvertAll(token.Top, t => new ChatTopLogprob(t.Text, t.Logprob, ToBytes(t.Text))));

    private static int[] ToBytes(string text) => Array.ConvertAll(Encoding.UTF8.GetBytes(text), b => (int)b);
}
