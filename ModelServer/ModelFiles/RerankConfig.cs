namespace ModelServer.ModelFiles;

/// <summary>What <c>serving.json</c> says of a reranker that reads a query and a document as one text of a certain form.</summary>
internal sealed record RerankConfig
{
    /// <summary>The text, with <c>{query}</c>, <c>{document}</c> and perhaps <c>{instruction}</c>.</summary>
    public string? Template { get; init; }

    /// <summary>What stands for <c>{instruction}</c> where a request has none.</summary>
    public string? Instruction { get; init; }

    /// <summary>For a model that goes on with a text: the token that says that the document answers the query.</summary>
    public string? Yes { get; init; }

    /// <summary>The token that says that it does not.</summary>
    public string? No { get; init; }
}
