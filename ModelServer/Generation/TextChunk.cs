using ModelServer.Decoders;

namespace ModelServer.Generation;

/// <summary>The next part of one continuation.</summary>
/// <param name="Choice">Which of the request's continuations: the choices of the first prompt, then those of the second, …</param>
/// <param name="Text">May be empty where there is a finish.</param>
/// <param name="Tokens">The tokens that begin in this text; none where log probabilities were not asked for.</param>
/// <param name="Finish">Why it ends here; null where it goes on.</param>
internal sealed record TextChunk(int Choice, string Text, IReadOnlyList<ScoredToken> Tokens, FinishReason? Finish);

/// <summary>A token with its log probability: a chosen one, or one of a prompt that is repeated.</summary>
/// <param name="Logprob">Null for the first of a prompt: nothing comes before it.</param>
/// <param name="Offset">Where its text begins, in Unicode code points from the beginning of the prompt.</param>
/// <param name="Top">The most likely tokens in its place, best first.</param>
internal sealed record ScoredToken(TokenText Token, float? Logprob, int Offset, TextLogprob[] Top)
{
    public int Id { get; init; }

    /// <summary>Whether it ended the continuation and is no part of its text.</summary>
    public bool IsEnd { get; init; }
}

internal readonly record struct TextLogprob(TokenText Token, float Logprob);
