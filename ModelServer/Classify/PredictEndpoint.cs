using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Classify;

/// <summary><c>POST /predict</c>: one text in, its best label out. Longer texts are truncated.</summary>
internal static class PredictEndpoint
{
    public static async Task<IResult> HandleAsync(PredictRequest request, Classifier classifier, HttpContext http, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var result = await classifier.ClassifyAsync(request.Model, [new(request.Text)], "text", Caller.From(http), request.MaxLength, truncate: true, http.RequestAborted);

        var scores = result.Scores[0];
        var best = Array.IndexOf(scores, scores.Max());
        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(new PredictResponse(
            result.Labels[best], scores[best], result.Version.Name, result.Version.Version, time.GetElapsedTime(start).TotalSeconds, FromCache: result.Timing.Cache == CacheOutcome.Hit));
    }

    public static FieldError? Validate(this PredictRequest request) => request switch
    {
        { Text: null } => FieldError.Required("text"),
        { Text.Length: 0 } => new("text", "text must not be empty."),
        { MaxLength: < PredictRequest.MinMaxLength } => new("max_length", $"max_length must be at least {PredictRequest.MinMaxLength}."),
        _ => null,
    };
}
