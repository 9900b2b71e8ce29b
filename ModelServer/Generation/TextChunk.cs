using ModelServer.Decoders;

namespace ModelServer.Generation;

/// <summary>The next part of one continuation.</summary>
/// <param name="Choice">Which of the request's continuations: the choices of the first prompt, then those of the second, …</param>
/// <param name="Text">May be empty where there is a finish.</param>
/// <param name="Tokens">The tokens that begin in this text; none where log probabilities were not asked for.</param>
/// <param name="Finish">Why it ends here; null where it goes on.</param>
internal sealed record TextChunk(int Choice, string Text, IReadOnlyList<ScoredToken> Tokens, FinishReason? Finish);

/// <summary>A chosen token with its log probability.</summary>
/// <param name="Offset">Where its text begins in the continuation, in Unicode code points.</param>
/// <param name="Top">The most likely tokens in its place, best first.</param>
internal sealed record ScoredToken(string Text, float Logprob, int Offset, TextLogprob[] Top);

internal readonly record struct TextLogprob(string Text, float Logprob);
