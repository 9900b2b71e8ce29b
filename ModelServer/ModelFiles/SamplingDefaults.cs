namespace ModelServer.ModelFiles;

/// <summary>How a model's files ask for tokens to be chosen where a request does not say; null where they do not say either.</summary>
internal sealed record SamplingDefaults
{
    public static readonly SamplingDefaults None = new();

    /// <summary>0 where the files ask for the most likely token each time.</summary>
    public float? Temperature { get; init; }

    /// <summary>0 and −1 keep all.</summary>
    public int? TopK { get; init; }

    public float? TopP { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    /// <summary>The most tokens of a continuation.</summary>
    public int? MaxTokens { get; init; }
}
