namespace ModelServer.ModelFiles;

/// <summary>An input of known outcome: for a classifier its best label and that label's score, for a model of tokens an entity's, for one that fills masks a token's
/// in the first mask, for an embedding model how its final vector begins, for a generator how it goes on.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public string? Label { get; init; }

    public double? Score { get; init; }

    /// <summary>The text of the entity that the label and the score are of; the first one with that label if null.</summary>
    public string? Entity { get; init; }

    /// <summary>The first numbers of the vector, any count of them.</summary>
    public float[]? Embedding { get; init; }

    /// <summary>How the most likely continuation begins.</summary>
    public string? Continuation { get; init; }

    /// <summary>Tokens to continue by; if null, as many as <see cref="Continuation"/> has bytes, which is always enough.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether exactly one outcome is given, and given completely.</summary>
    public bool IsComplete => MaxTokens is null or > 0 && (Entity is null || Label is not null) && (Label, Score, Embedding, Continuation) switch
    {
        (not null, not null, null, null) => true,
        (null, null, { Length: > 0 }, null) => true,
        (null, null, null, { Length: > 0 }) => true,
        _ => false,
    };
}
