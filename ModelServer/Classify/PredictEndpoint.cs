using ModelServer.Batching;
using ModelServer.Caching;
using ModelServer.Telemetry;

namespace ModelServer.Classify;

/// <summary><c>POST /predict</c>: one text in, its best label out. Longer texts are truncated.</summary>
internal static class PredictEndpoint
{
    public static async Task<IResult> HandleAsync(PredictRequest request, Classifier classifier, HttpContext http, TimeProvider time)
    {
        if (request.Validate() is { } error) return new ApiErrorResult(error);
        var start = time.GetTimestamp();
        var result = await classifier.ClassifyAsync(request.Model, [new(request.Text)], "text", Caller.From(http), request.MaxLength, truncate: true, http.RequestAborted);

        var scores = result.Scores[0];
        var best = Array.IndexOf(scores, scores.Max());
        ResponseHeaders.Write(http, result.Version, result.Timing, result.Tokens);
        return TypedResults.Ok(new PredictResponse(
            result.Labels[best], scores[best], result.Version.Name, result.Version.Version, time.GetElapsedTime(start).TotalSeconds, FromCache: result.Timing.Cache == CacheOutcome.Hit));
    }

    private static ApiError? Validate(this PredictRequest request) => request switch
    {
        { Text: null } => new(422, "text is required.") { Param = "text", Code = "field_required" },
        { Text.Length: 0 } => new(422, "text must not be empty.") { Param = "text", Code = "field_invalid" },
        { MaxLength: < PredictRequest.MinMaxLength } => new(422, $"max_length must be at least {PredictRequest.MinMaxLength}.") { Param = "max_length", Code = "field_invalid" },
        _ => null,
    };
}
