namespace ModelServer.Sampling;

/// <summary>How the next token is chosen from the logits. Defaults leave the model's own distribution unchanged.</summary>
internal sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 takes the most likely token (greedy).</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the K most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps the smallest set of most likely tokens with at least this probability (nucleus sampling, Holtzman et al. 2020).</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps tokens at least this share as likely as the most likely one; 0 keeps all.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens already in prompt or output (CTRL, Keskar et al. 2019); 1 changes nothing.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken once from the logit of every token already in the output.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Taken from the logit of a token for each time it is already in the output.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these token ids.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();

    /// <summary>Makes the choice repeatable, whatever else runs beside it; null takes a random one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Most likely tokens reported with each chosen one; null reports no log probabilities at all.</summary>
    public int? TopLogprobs { get; init; }
}
