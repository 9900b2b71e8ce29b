using System.ComponentModel;

namespace ServiceDefaults.Contracts;

/// <summary>Tokens of the request, special tokens included, padding left out.</summary>
public sealed record Usage(
    [property: Description("Tokens read.")] int PromptTokens,
    [property: Description("Tokens read and written.")] int TotalTokens)
{
    /// <summary>Of a request that generates nothing.</summary>
    public static Usage OfPrompt(int tokens) => new(tokens, tokens);
}
