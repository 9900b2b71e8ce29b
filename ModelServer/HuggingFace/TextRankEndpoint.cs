using ModelServer.Answers;
using ModelServer.Requests;
using ModelServer.Rerank;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /rerank</c>, as Text Embeddings Inference's: how well each text answers a query, best first.</summary>
internal static class TextRankEndpoint
{
    public static async Task<IResult> HandleAsync(TeiRerankRequest request, Reranker reranker, HttpContext http)
    {
        var inputs = new RankInputs(request.Model, request.Query, request.Texts, "texts") { Truncate = request.Truncate ?? true, Side = Truncations.Side(request.TruncationDirection) };
        var ranking = await reranker.RankAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version.Version, ranking.Timing);
        var scores = request.RawScores == true ? ranking.Logits : ranking.Scores;
        return TypedResults.Ok(Array.ConvertAll(ranking.Order, i => new TeiRank(i, request.ReturnText == true ? request.Texts[i] : null, scores[i])));
    }

    public static FieldError? Validate(this TeiRerankRequest request, int maxTexts)
        => RerankEndpoint.ValidateTexts(request.Query, request.Texts, "texts", maxTexts) ?? Truncations.Validate(request.TruncationDirection);
}
