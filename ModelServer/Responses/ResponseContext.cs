namespace ModelServer.Responses;

/// <summary>What a request is answered from: the conversation before it, what it brings, and whether the answer is to be kept.</summary>
/// <param name="Client">Whose responses it may go on from.</param>
/// <param name="History">The items of the responses that it goes on from.</param>
/// <param name="Input">Its own items, each with an id, without references.</param>
internal sealed record ResponseContext(string Client, ItemIds Ids, ResponsesItem[] History, ResponsesItem[] Input, bool Stores)
{
    public IEnumerable<ResponsesItem> Items => [.. History, .. Input];
}
