namespace ModelServer.ModelFiles;

/// <summary>What <c>serving.json</c> says of a model that makes a vector for each token (ColBERT), in place of the model's own files; null for what those say.</summary>
internal sealed record LateInteractionConfig
{
    /// <summary>The token behind the first one of a query; empty for none.</summary>
    public string? QueryMarker { get; init; }

    /// <summary>The token behind the first one of a document; empty for none.</summary>
    public string? DocumentMarker { get; init; }

    /// <summary>Tokens of a query, special ones included: longer ones are cut, shorter ones expanded.</summary>
    public int? QueryLength { get; init; }

    /// <summary>Tokens of a document at most, special ones included.</summary>
    public int? DocumentLength { get; init; }

    /// <summary>Whether queries are filled up with mask tokens.</summary>
    public bool? ExpandQueries { get; init; }

    /// <summary>Whether a query's own tokens attend to those it is filled up with.</summary>
    public bool? AttendToExpansion { get; init; }

    /// <summary>Tokens of documents that get no vector.</summary>
    public string[]? SkippedTokens { get; init; }
}
