namespace ModelServer.Models;

/// <summary>An input of known outcome: for a classifier its best label and that label's score, for an embedding model how its final vector begins.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public string? Label { get; init; }

    public double? Score { get; init; }

    /// <summary>The first numbers of the vector, any count of them.</summary>
    public float[]? Embedding { get; init; }

    /// <summary>Exactly one outcome is told, and told completely.</summary>
    public bool IsComplete => Embedding is null ? Label is not null && Score is not null : Embedding.Length > 0 && Label is null && Score is null;
}
