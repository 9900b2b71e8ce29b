using ModelServer.Requests;

namespace ModelServer.LateInteraction;

/// <summary>A text that is marked as a query or as a document.</summary>
/// <param name="Field">What messages call it; null for what the request calls its inputs.</param>
internal sealed record MarkedText(string Text, bool IsQuery, string? Field = null) : EncoderInput
{
    /// <summary>The most tokens of the text that are read, special ones left out; null for all.</summary>
    public int? MaxTokens { get; init; }
}
