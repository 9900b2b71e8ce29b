namespace Gateway.Bodies;

/// <summary>What a request body asks for, as the model server reads it.</summary>
/// <param name="Model">The model it names; of a batch, the one that all of its requests name. Null for none.</param>
/// <param name="CompletionTokens">The most tokens it asks to generate, all answers together; null where nothing but the model's window ends them.</param>
/// <param name="Choices">Answers asked for, of all prompts together.</param>
internal readonly record struct RequestFacts(string? Model, long? CompletionTokens, int Choices)
{
    /// <summary>The same for all turns of a conversation; null where there is none.</summary>
    public ulong? Conversation { get; init; }

    // More than any model server takes, and so few that no product overflows.
    private const long MaxChoices = 1 << 20;

    /// <returns>What could be read up to the first fault: the model server refuses the rest.</returns>
    public static RequestFacts Read(BodyForm form, ReadOnlySpan<byte> json)
    {
        var members = FactsReader.Read(form, json);
        var choices = Math.Clamp(members.N ?? 1, 1, MaxChoices);
        return form switch
        {
            BodyForm.Completions => Of(members, members.MaxTokens ?? CompletionsRequest.DefaultTokens, Math.Min(choices * members.Prompts, MaxChoices)),
            BodyForm.Chat => Of(members, members.MaxCompletionTokens ?? members.MaxTokens, choices),
            BodyForm.Responses => Of(members, members.MaxOutputTokens, 1),
            BodyForm.Generate => Of(members, members.MaxLength ?? GenerateRequest.DefaultLength, 1),
            BodyForm.Parameters => Of(members, members.MaxNewTokens ?? TgiParameters.DefaultTokens, 1),
            BodyForm.Batch => Of(members, members.BatchTokens, 1),
            _ => Of(members, null, 1),
        };
    }

    private static RequestFacts Of(in BodyMembers members, long? each, long choices)
        => new(members.Model, each is { } tokens ? Math.Max(tokens, 0) * choices : null, (int)choices) { Conversation = members.Conversation };
}
