namespace ModelServer.ModelFiles;

/// <summary>An input of known outcome: for a classifier its best label and that label's score, for an embedding model how its final vector begins,
/// for a reranker the score of a document, for a generator how it goes on.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public string? Label { get; init; }

    public double? Score { get; init; }

    /// <summary>The first numbers of the vector, any count of them.</summary>
    public float[]? Embedding { get; init; }

    /// <summary>Of a sparse vector: tokens, as the vocabulary spells them, with their weights; 0 for those that have none.</summary>
    public Dictionary<string, double>? Weights { get; init; }

    /// <summary>What the text, a query, is ranked with.</summary>
    public string? Document { get; init; }

    /// <summary>How the most likely continuation begins.</summary>
    public string? Continuation { get; init; }

    /// <summary>Tokens to continue by; if null, as many as <see cref="Continuation"/> has bytes, which is always enough.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether exactly one outcome is given, and given completely.</summary>
    public bool IsComplete => MaxTokens is null or > 0 && (Label, Score, Embedding, Continuation, Weights, Document) switch
    {
        (not null, not null, null, null, null, null) => true,
        (null, null, { Length: > 0 }, null, null, null) => true,
        (null, null, null, { Length: > 0 }, null, null) => true,
        (null, null, null, null, { Count: > 0 }, null) => true,
        (null, not null, null, null, null, { Length: > 0 }) => true,
        _ => false,
    };
}
