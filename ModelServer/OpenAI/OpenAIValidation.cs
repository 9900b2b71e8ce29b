using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Checks the fields that both completion routes take.</summary>
internal static class OpenAIValidation
{
    /// <param name="maxTokens">The most tokens of each answer, by whatever name; null for as many as there is room for.</param>
    public static FieldError? ValidateShared(this OpenAIFields fields, int prompts, int maxChoices, int? maxTokens) => fields switch
    {
        { N: < 1 } => new("n", "n must be at least 1."),
        _ when (long)fields.Choices * prompts > maxChoices
            => new("n", $"The request asks for {(long)fields.Choices * prompts} continuations; at most {maxChoices} are allowed."),
        _ when UnsupportedFields.FirstOf(fields.Others) is { } error => error,
        _ when fields.ValidateFormat() is { } error => error,
        { StreamOptions: not null, Stream: not true } => new("stream_options", "stream_options goes with stream alone."),
        _ => fields.ValidateSampling(maxTokens),
    };

    public static bool TellsUsage(this OpenAIFields fields) => fields.StreamOptions?.IncludeUsage ?? false;
}
