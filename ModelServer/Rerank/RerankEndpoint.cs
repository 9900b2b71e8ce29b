using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.Rerank;

/// <summary><c>POST /v1/rerank</c>: how well each document answers a query, best first.</summary>
internal static class RerankEndpoint
{
    public static async Task<IResult> HandleAsync(RerankRequest request, Reranker reranker, IOptions<RerankOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxDocuments) is { } error) return new ApiErrorResult(error);
        var ranking = await reranker.RankAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, ranking.Version.Name, ranking.Version.Version, ranking.Timing, ranking.Tokens);
        return TypedResults.Ok(new RerankResponse(
            ranking.Version.Name,
            ranking.Version.Version,
            [.. ranking.Order.Take(request.TopN ?? int.MaxValue).Select(i => new RerankResult(i, ranking.Scores[i], Document(request, i)))],
            Usage.OfPrompt(ranking.Tokens)));
    }

    private static RerankDocument? Document(RerankRequest request, int index) => request.ReturnDocuments ? new(request.Documents![index]) : null;
}

/// <param name="Documents">Strings, or objects with <c>text</c>.</param>
/// <param name="TopN">How many of the best to answer; all if null.</param>
/// <param name="ReturnDocuments">Whether results repeat the documents' texts.</param>
/// <param name="Truncate">Cut documents that are too long beside the query (the query is never cut) instead of refusing them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RerankRequest(
    string? Model,
    string? Query,
    [property: JsonConverter(typeof(DocumentsConverter))] string[]? Documents,
    int? TopN,
    bool ReturnDocuments = false,
    bool Truncate = true)
{
    internal ApiError? Validate(int maxDocuments) => this switch
    {
        { Query: null } => new(422, "query is required.") { Param = "query", Code = "field_required" },
        { Query: "" } => Invalid("query", "query must not be empty."),
        { Documents: null } => new(422, "documents is required.") { Param = "documents", Code = "field_required" },
        { Documents: [] } => Invalid("documents", "documents must not be empty."),
        _ when Documents.Length > maxDocuments => Invalid("documents", $"documents has {Documents.Length} items; at most {maxDocuments} are allowed."),
        _ when Documents.Contains("") => Invalid("documents", "documents must not contain empty texts."),
        { TopN: < 1 } => Invalid("top_n", "top_n must be at least 1."),
        _ => null,
    };

    private static ApiError Invalid(string param, string message) => new(422, message) { Param = param, Code = "field_invalid" };
}

/// <param name="Results">Best first.</param>
public sealed record RerankResponse(string Model, string ModelVersion, RerankResult[] Results, Usage Usage);

/// <param name="Index">The document's place in the request.</param>
/// <param name="RelevanceScore">0 to 1.</param>
public sealed record RerankResult(
    int Index, float RelevanceScore, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RerankDocument? Document);

public sealed record RerankDocument(string Text);
