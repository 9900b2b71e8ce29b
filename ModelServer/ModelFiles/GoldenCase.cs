namespace ModelServer.ModelFiles;

/// <summary>An input of known outcome: for a classifier its best label and that label's score, for an embedding model how its final vector begins,
/// for a generator how it goes on, for a reader of contexts its best answer and that answer's score.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public string? Label { get; init; }

    public double? Score { get; init; }

    /// <summary>The first numbers of the vector, any count of them.</summary>
    public float[]? Embedding { get; init; }

    /// <summary>How the most likely continuation begins.</summary>
    public string? Continuation { get; init; }

    /// <summary>Tokens to continue by; if null, as many as <see cref="Continuation"/> has bytes, which is always enough.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>What the text, a question, is asked about.</summary>
    public string? Context { get; init; }

    /// <summary>The best answer to the question, as the context spells it.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether exactly one outcome is given, and given completely.</summary>
    public bool IsComplete => MaxTokens is null or > 0 && (Label, Score, Embedding, Continuation) switch
    {
        _ when (Context ?? Answer) is not null => this is { Context.Length: > 0, Answer.Length: > 0, Score: not null, Label: null, Embedding: null, Continuation: null },
        (not null, not null, null, null) => true,
        (null, null, { Length: > 0 }, null) => true,
        (null, null, null, { Length: > 0 }) => true,
        _ => false,
    };
}
