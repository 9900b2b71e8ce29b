namespace ModelServer.Generation;

/// <summary>That prompt and continuation do not fit the model's window, in OpenAI's words: clients look for "This model's maximum context length is" and cut
/// their prompt.</summary>
internal static class ContextLength
{
    private const string Code = "context_length_exceeded";

    /// <param name="maxTokens">What the request asks for, or the least that it can.</param>
    public static FieldError Exceeded(TextGenerationRequest request, int window, int promptTokens, int maxTokens)
    {
        var field = request.Field;
        var limit = $"This model's maximum context length is {window} tokens. However,";
        if (request.MaxTokens is null || request.FitWindow)
            return new(field, $"{limit} your {field} resulted in {promptTokens} tokens. Please reduce the length of the {field}.", Code);
        return new(
            // A prompt that leaves no room is at fault whatever the maximum; so is one beside a maximum that was not said.
            promptTokens < window && request.MaxTokensField is { } maximum ? maximum : field,
            $"{limit} you requested {promptTokens + (long)maxTokens} tokens ({promptTokens} in the {field}, {maxTokens} in the completion). Please reduce the length of the {field} or completion.",
            Code);
    }
}
