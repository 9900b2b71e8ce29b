using System.ComponentModel;

namespace ServiceDefaults.Contracts;

/// <summary>A response, with the settings it was made by.</summary>
public sealed record ResponsesObject(
    string Id,
    [property: Description("response.")] string Object,
    [property: Description("Unix seconds.")] long CreatedAt,
    [property: Description("in_progress, completed, incomplete or failed.")] string Status,
    [property: Description("Unix seconds; null unless it is completed.")] long? CompletedAt,
    [property: Description("Null unless it failed.")] ResponsesError? Error,
    [property: Description("Null unless it is incomplete.")] ResponsesIncompleteDetails? IncompleteDetails,
    [property: Description("The model's name, whatever version answered.")] string Model,
    [property: Description("Reasoning, messages and calls of functions, in order.")] ResponsesItem[] Output,
    [property: Description("Null until it has ended.")] ResponsesUsage? Usage)
{
    [Description("Always false.")]
    public bool Background { get; init; }

    public string? Instructions { get; init; }

    public int? MaxOutputTokens { get; init; }

    public int? MaxToolCalls { get; init; }

    public Dictionary<string, string> Metadata { get; init; } = [];

    public bool ParallelToolCalls { get; init; } = true;

    public string? PreviousResponseId { get; init; }

    public string? PromptCacheKey { get; init; }

    public ResponsesReasoning Reasoning { get; init; } = new();

    public string? SafetyIdentifier { get; init; }

    [Description("Always default.")]
    public string ServiceTier { get; init; } = "default";

    [Description("Whether another response may go on from it.")]
    public bool Store { get; init; }

    public float Temperature { get; init; } = 1;

    public ResponsesText Text { get; init; } = new();

    public ResponsesToolChoice ToolChoice { get; init; } = ResponsesToolChoice.Auto;

    public ResponsesTool[] Tools { get; init; } = [];

    public int TopLogprobs { get; init; }

    public float TopP { get; init; } = 1;

    [Description("Always disabled.")]
    public string Truncation { get; init; } = "disabled";

    public string? User { get; init; }
}

/// <param name="Code">A stable machine-readable word.</param>
public sealed record ResponsesError(string Code, string Message);

/// <param name="Reason">max_output_tokens: there was no room for more, by the request or by the model's window.</param>
public sealed record ResponsesIncompleteDetails(string Reason);

/// <param name="InputTokens">The whole prompt, what it goes on from included.</param>
public sealed record ResponsesUsage(int InputTokens, ResponsesInputTokens InputTokensDetails, int OutputTokens, ResponsesOutputTokens OutputTokensDetails, int TotalTokens);

/// <param name="CachedTokens">Of them, those that were not computed again.</param>
public sealed record ResponsesInputTokens(int CachedTokens);

/// <param name="ReasoningTokens">Of them, those of reasoning.</param>
public sealed record ResponsesOutputTokens(int ReasoningTokens);

/// <summary>Items that a response was made of.</summary>
/// <param name="Object">list.</param>
/// <param name="FirstId">Null where there are none.</param>
public sealed record ResponsesItemList(string Object, ResponsesItem[] Data, string? FirstId, string? LastId, bool HasMore);

/// <param name="Object">response.</param>
public sealed record ResponsesDeleted(string Id, string Object, bool Deleted);
