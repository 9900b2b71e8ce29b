namespace ModelServer.Sampling;

/// <param name="Id">The chosen token.</param>
/// <param name="Logprob">Natural logarithm of its probability under the logits after penalties, bias and constraint, before temperature and cut-offs; 0 where not asked for.</param>
/// <param name="Top">The most likely tokens, best first; empty where not asked for.</param>
internal readonly record struct SampledToken(int Id, float Logprob, TokenLogprob[] Top);

internal readonly record struct TokenLogprob(int Id, float Logprob);
