using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Rerank;

/// <summary><c>POST /v1/rerank</c>: how well each document answers a query, best first.</summary>
internal static class RerankEndpoint
{
    public static async Task<IResult> HandleAsync(RerankRequest request, Reranker reranker, HttpContext http)
    {
        var ranking = await reranker.RankAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version.Version, ranking.Timing);
        return TypedResults.Ok(new RerankResponse(
            ranking.Version.Name,
            ranking.Version.Version,
            [.. ranking.Order.Take(request.TopN ?? int.MaxValue).Select(i => new RankedDocument(i, ranking.Scores[i], Document(request, i)))],
            Usage.OfPrompt(ranking.Tokens)));
    }

    private static Document? Document(RerankRequest request, int index) => request.ReturnDocuments ? new(request.Documents[index].Text) : null;

    public static FieldError? Validate(this RerankRequest request, int maxDocuments) => request switch
    {
        { Query: null } => FieldError.Required("query"),
        { Query: "" } => new("query", "query must not be empty."),
        { Documents: null } => FieldError.Required("documents"),
        { Documents: [] } => new("documents", "documents must not be empty."),
        { Documents: var documents } when documents.Length > maxDocuments => new("documents", $"documents has {documents.Length} items; at most {maxDocuments} are allowed."),
        { Documents: var documents } when documents.Any(d => d.Text.Length == 0) => new("documents", "documents must not contain empty texts."),
        { TopN: < 1 } => new("top_n", "top_n must be at least 1."),
        _ => null,
    };
}
