namespace ModelServer.Requests;

/// <summary>Tokens of the request, special tokens included, padding left out.</summary>
public sealed record Usage(int PromptTokens, int TotalTokens)
{
    /// <summary>Of a request that generates nothing.</summary>
    internal static Usage OfPrompt(int tokens) => new(tokens, tokens);
}
