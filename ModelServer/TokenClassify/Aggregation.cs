namespace ModelServer.TokenClassify;

/// <summary>How tokens become entities, in the words of Hugging Face's token-classification pipeline.</summary>
internal enum Aggregation
{
    /// <summary>Each token is one.</summary>
    None,

    /// <summary>Neighbours whose labels go together are one.</summary>
    Simple,

    /// <summary>As <see cref="Simple"/> of words, each with the label of its first token.</summary>
    First,

    /// <summary>As <see cref="Simple"/> of words, each with the best of the mean scores of its tokens.</summary>
    Average,

    /// <summary>As <see cref="Simple"/> of words, each with the label of its surest token.</summary>
    Max,
}
