using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Rerank;

/// <summary><c>POST /v2/rerank</c>, as Cohere's: <c>/v1/rerank</c> in another form.</summary>
internal static class CohereRerankEndpoint
{
    private static readonly CohereMeta Meta = new(new("2"), new(1));

    public static async Task<IResult> HandleAsync(CohereRerankRequest request, Reranker reranker, HttpContext http)
    {
        var inputs = new RankInputs(request.Model, request.Query, request.Documents.Texts()) { DocumentTokens = request.MaxTokensPerDoc };
        var ranking = await reranker.RankAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version.Version, ranking.Timing);
        var best = ranking.Order.Take(request.TopN ?? int.MaxValue);
        return TypedResults.Ok(new CohereRerankResponse(http.RequestId(), [.. best.Select(i => new RankedDocument(i, ranking.Scores[i]))], Meta));
    }

    public static FieldError? Validate(this CohereRerankRequest request, int maxDocuments)
        => RerankEndpoint.ValidateRanking(request.Query, request.Documents, request.TopN, request.MaxTokensPerDoc, request.RankFields, maxDocuments);
}
