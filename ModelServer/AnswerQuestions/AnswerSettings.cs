namespace ModelServer.AnswerQuestions;

/// <summary>How contexts are read and answers chosen; the defaults are those of Hugging Face's pipeline.</summary>
internal sealed record AnswerSettings
{
    /// <summary>The most answers for each question.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>The most tokens of an answer.</summary>
    public int MaxAnswerTokens { get; init; } = QuestionAnswerRequest.DefaultAnswerLength;

    /// <summary>Whether no answer is one of the answers.</summary>
    public bool HandleImpossibleAnswer { get; init; }

    /// <summary>Whether answers begin and end where words do.</summary>
    public bool AlignToWords { get; init; } = true;

    /// <summary>The most tokens of a question and a window of its context together, never above the model's maximum.</summary>
    public int WindowTokens { get; init; } = QuestionAnswerRequest.DefaultSequenceLength;

    /// <summary>How many tokens of the context two neighbouring windows share; null for 128, or half of a window where that is less.</summary>
    public int? Stride { get; init; }
}
