using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Telemetry;

namespace ModelServer.Rerank;

/// <summary><c>POST /v1/rerank</c>: how well each document answers a query, best first.</summary>
internal static class RerankEndpoint
{
    public static async Task<IResult> HandleAsync(RerankRequest request, Reranker reranker, IOptions<RerankOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxDocuments) is { } error) return new ApiErrorResult(error);
        var ranking = await reranker.RankAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version, ranking.Timing, ranking.Tokens);
        return TypedResults.Ok(new RerankResponse(
            ranking.Version.Name,
            ranking.Version.Version,
            [.. ranking.Order.Take(request.TopN ?? int.MaxValue).Select(i => new RankedDocument(i, ranking.Scores[i], Document(request, i)))],
            Usage.OfPrompt(ranking.Tokens)));
    }

    private static Document? Document(RerankRequest request, int index) => request.ReturnDocuments ? new(request.Documents[index].Text) : null;

    private static ApiError? Validate(this RerankRequest request, int maxDocuments) => request switch
    {
        { Query: null } => new(422, "query is required.") { Param = "query", Code = "field_required" },
        { Query: "" } => Invalid("query", "query must not be empty."),
        { Documents: null } => new(422, "documents is required.") { Param = "documents", Code = "field_required" },
        { Documents: [] } => Invalid("documents", "documents must not be empty."),
        { Documents: var documents } when documents.Length > maxDocuments => Invalid("documents", $"documents has {documents.Length} items; at most {maxDocuments} are allowed."),
        { Documents: var documents } when documents.Any(d => d.Text.Length == 0) => Invalid("documents", "documents must not contain empty texts."),
        { TopN: < 1 } => Invalid("top_n", "top_n must be at least 1."),
        _ => null,
    };

    private static ApiError Invalid(string param, string message) => new(422, message) { Param = param, Code = "field_invalid" };
}
