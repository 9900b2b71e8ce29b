using ModelServer.Sampling;
using ModelServer.Scheduling;

namespace ModelServer.Decoders;

/// <summary>One sequence to be continued, in token ids. Text, stop strings and <c>n</c> belong to the callers.</summary>
/// <param name="Prompt">At least one token id.</param>
/// <param name="MaxTokens">The most tokens to generate; with 0 the prompt is read and that is all. Prompt and these must fit the model's window together.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Lane">The queue lane in which it waits.</param>
internal sealed record DecoderRequest(int[] Prompt, int MaxTokens, SamplingOptions Sampling, QueueLane Lane)
{
    /// <summary>Tokens that end the sequence; none where the caller ignores them.</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>The operation as the GenAI conventions name it, for metrics.</summary>
    public string Operation { get; init; } = "text_completion";

    /// <summary>No end token is chosen before this many tokens.</summary>
    public int MinTokens { get; init; }

    /// <summary>Most likely tokens reported with each token of the prompt; null reports no log probabilities of the prompt at all.</summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>Whether a beginning of the prompt that was read before may be taken from the <see cref="PrefixStore"/>.</summary>
    public bool ReusesPrefix { get; init; } = true;

    /// <summary>Whether what is read of the prompt may be kept there.</summary>
    public bool KeepsPrefix { get; init; } = true;

    /// <summary>Which tokens may come; null for any. Belongs to the one sequence that the request becomes.</summary>
    public ITokenConstraint? Constraint { get; init; }
}
