namespace ModelServer.ModelFiles;

/// <summary>An input of known outcome: for a classifier its best label and that label's score, for a model of tokens an entity's, for one that fills masks a token's
/// in the first mask, for an embedding model how its final vector begins, for a reranker the
/// score of a document, for a generator how it goes on, for a reader of contexts its best answer and that answer's score.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public string? Label { get; init; }

    public double? Score { get; init; }

    /// <summary>The text of the entity that the label and the score are of; the first one with that label if null.</summary>
    public string? Entity { get; init; }

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

    /// <summary>What the text, a question, is asked about.</summary>
    public string? Context { get; init; }

    /// <summary>The best answer to the question, as the context spells it.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether exactly one outcome is given, and given completely.</summary>
    public bool IsComplete => MaxTokens is null or > 0
        && new object?[] { Label, Embedding, Continuation, Weights, Document, Answer }.Count(outcome => outcome is not null) == 1
        && (Score is not null) == ((Label ?? Document ?? Answer) is not null)
        && (Entity is null || Label is not null)
        && (Context is not null) == (Answer is not null)
        && this is not ({ Embedding.Length: 0 } or { Continuation.Length: 0 } or { Weights.Count: 0 } or { Document.Length: 0 } or { Context.Length: 0 } or { Answer.Length: 0 });
}
