using System.Text.Json;
using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Rerank;

/// <summary><c>POST /v1/rerank</c>: how well each document answers a query, best first.</summary>
internal static class RerankEndpoint
{
    public static async Task<IResult> HandleAsync(RerankRequest request, Reranker reranker, HttpContext http)
    {
        var inputs = new RankInputs(request.Model, request.Query, request.Documents.Texts())
        {
            Truncate = request.Truncate ?? request.Truncation ?? true,
            DocumentTokens = request.MaxTokensPerDoc,
            Instruction = request.Instruction,
        };
        var ranking = await reranker.RankAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version.Version, ranking.Timing);
        var best = ranking.Order.Take(request.TopN ?? request.TopK ?? int.MaxValue).ToArray();
        var texts = request.ReturnDocuments == true ? inputs.Documents : null;
        // Voyage's clients read nothing but data, and a body of theirs may have nothing that tells them apart.
        var isVoyage = request is { TopN: null, Truncate: null };
        return TypedResults.Ok(new RerankResponse(
            ranking.Version.Name,
            ranking.Version.Version,
            Array.ConvertAll(best, i => new RankedDocument(i, ranking.Scores[i], texts is null ? null : new(texts[i]))),
            Usage.OfPrompt(ranking.Tokens))
        {
            Object = isVoyage ? "list" : null,
            Data = isVoyage ? Array.ConvertAll(best, i => new RankedText(i, ranking.Scores[i], texts?[i])) : null,
        });
    }

    public static FieldError? Validate(this RerankRequest request, int maxDocuments) => request switch
    {
        { Instruction: "" } => new("instruction", "instruction must not be empty."),
        { TopN: not null, TopK: not null } => new("top_k", "top_k is another name of top_n; one of them is enough."),
        { TopK: < 1 } => new("top_k", "top_k must be at least 1."),
        { Truncate: not null, Truncation: not null } => new("truncation", "truncation is another name of truncate; one of them is enough."),
        { MaxChunksPerDoc: not (null or 1) } => FieldError.Unsupported("max_chunks_per_doc", "max_chunks_per_doc must be 1: a document is read as one piece, cut where it is too long."),
        _ => ValidateRanking(request.Query, request.Documents, request.TopN, request.MaxTokensPerDoc, request.RankFields, maxDocuments),
    };

    /// <summary>Checks what Cohere's two versions have in common.</summary>
    public static FieldError? ValidateRanking(string? query, DocumentInput[]? documents, int? topN, int? tokensPerDocument, JsonElement? rankFields, int maxDocuments)
    {
        if (rankFields is { ValueKind: not JsonValueKind.Null })
            return FieldError.Unsupported("rank_fields", "rank_fields is not supported: a document is a text, or an object whose one field is text.");
        if (topN < 1) return new("top_n", "top_n must be at least 1.");
        if (tokensPerDocument < 1) return new("max_tokens_per_doc", "max_tokens_per_doc must be at least 1.");
        return ValidateTexts(query, documents?.Texts(), "documents", maxDocuments);
    }

    /// <summary>Checks what is ranked.</summary>
    /// <param name="field">What the route calls the documents.</param>
    public static FieldError? ValidateTexts(string? query, string?[]? documents, string field, int maxDocuments) => (query, documents) switch
    {
        (null, _) => FieldError.Required("query"),
        ("", _) => new("query", "query must not be empty."),
        (_, null) => FieldError.Required(field),
        (_, []) => new(field, $"{field} must not be empty."),
        _ when documents.Length > maxDocuments => new(field, $"{field} has {documents.Length} items; at most {maxDocuments} are allowed."),
        _ when Array.FindIndex(documents, string.IsNullOrEmpty) is >= 0 and var i => new($"{field}[{i}]", $"{field}[{i}] must not be empty."),
        _ => null,
    };

    public static string[] Texts(this DocumentInput[] documents) => Array.ConvertAll(documents, d => d.Text);
}
