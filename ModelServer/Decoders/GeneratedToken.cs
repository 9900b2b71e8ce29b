using ModelServer.Sampling;

namespace ModelServer.Decoders;

/// <param name="Token">What was chosen; an end token too, which is no part of the text. Null where no token was asked for, or none may come.</param>
/// <param name="Finish">Why the sequence ends here; null where it goes on.</param>
/// <param name="IsEnd">Whether it is an end token, which is no part of the text.</param>
internal readonly record struct GeneratedToken(SampledToken? Token, FinishReason? Finish, bool IsEnd = false);

/// <summary>Why a sequence ended.</summary>
internal enum FinishReason
{
    /// <summary>An end token, a stop string, or a constraint under which nothing can follow.</summary>
    Stop,

    /// <summary>The most tokens that were asked for.</summary>
    Length,
}
