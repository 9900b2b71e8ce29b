using System.Text.Json.Serialization;
using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.Classify;

/// <summary><c>POST /predict</c>: one text in, its best label out. Longer texts are truncated.</summary>
internal static class PredictEndpoint
{
    public static async Task<IResult> HandleAsync(PredictRequest request, Classifier classifier, HttpContext http, TimeProvider time)
    {
        if (request.Validate() is { } error) return new ApiErrorResult(error);
        var start = time.GetTimestamp();
        var result = await classifier.ClassifyAsync(request.Model, [new(request.Text!)], "text", Caller.From(http), request.MaxLength, truncate: true, http.RequestAborted);

        var scores = result.Scores[0];
        var best = Array.IndexOf(scores, scores.Max());
        ResponseHeaders.Write(http, result.Version.Name, result.Version.Version, result.Timing, result.Tokens);
        return TypedResults.Ok(new PredictResponse(
            result.Labels[best], scores[best], result.Version.Name, result.Version.Version, time.GetElapsedTime(start).TotalSeconds, FromCache: result.Timing.Cache == CacheOutcome.Hit));
    }
}

/// <param name="MaxLength">Tokens to keep, special tokens included; the model's maximum is default and ceiling.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PredictRequest(string? Text, string? Model, int? MaxLength)
{
    /// <summary>Room for the special tokens and one of the text's.</summary>
    private const int MinLength = 3;

    internal ApiError? Validate() => this switch
    {
        { Text: null } => new(422, "text is required.") { Param = "text", Code = "field_required" },
        { Text.Length: 0 } => new(422, "text must not be empty.") { Param = "text", Code = "field_invalid" },
        { MaxLength: < MinLength } => new(422, $"max_length must be at least {MinLength}.") { Param = "max_length", Code = "field_invalid" },
        _ => null,
    };
}

/// <param name="Score">Probability of <paramref name="Label"/>, 0 to 1.</param>
/// <param name="ProcessingTime">Seconds in the model server.</param>
public sealed record PredictResponse(string Label, float Score, string Model, string ModelVersion, double ProcessingTime, bool FromCache);
