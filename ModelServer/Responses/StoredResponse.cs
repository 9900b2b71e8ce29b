namespace ModelServer.Responses;

/// <summary>What is kept of a response.</summary>
/// <param name="Input">The items that its request brought.</param>
/// <param name="History">Those before them, of the responses that it goes on from: a conversation goes on although they are deleted or expired.</param>
internal sealed record StoredResponse(ResponsesObject Response, ResponsesItem[] Input, ResponsesItem[] History)
{
    /// <summary>The conversation up to its end.</summary>
    public IEnumerable<ResponsesItem> Items => [.. History, .. Input, .. Response.Output];
}
