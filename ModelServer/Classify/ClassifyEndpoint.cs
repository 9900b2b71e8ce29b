using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.Classify;

/// <summary><c>POST /v1/classify</c>: all labels with their scores for each input, in order.</summary>
internal static class ClassifyEndpoint
{
    public static async Task<IResult> HandleAsync(ClassifyRequest request, Classifier classifier, IOptions<ClassifyOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxInputs) is { } error) return new ApiErrorResult(error);
        var result = await classifier.ClassifyAsync(request.Model, request.Input!, "input", Caller.From(http), maxTokens: null, request.Truncate, http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Name, result.Version.Version, result.Timing, result.Tokens);
        var top = request.TopK ?? int.MaxValue;
        return TypedResults.Ok(new ClassifyResponse(
            result.Version.Name, result.Version.Version, [.. result.Scores.Select(scores => Rank(result.Labels, scores, top))], Usage.OfPrompt(result.Tokens)));
    }

    private static ClassifyResult Rank(string[] labels, float[] scores, int top)
        => new([.. labels.Zip(scores, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score).Take(top)]);
}

/// <param name="TopK">How many of the best labels to answer; all if null.</param>
/// <param name="Truncate">Cut inputs that are too long instead of refusing them.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ClassifyRequest(
    string? Model,
    [property: JsonConverter(typeof(TextInputsConverter))] TextInput[]? Input,
    int? TopK,
    bool Truncate = false)
{
    internal ApiError? Validate(int maxInputs) => this switch
    {
        { Input: null } => new(422, "input is required.") { Param = "input", Code = "field_required" },
        { Input.Length: 0 } => new(422, "input must not be empty.") { Param = "input", Code = "field_invalid" },
        _ when Input.Length > maxInputs => new(422, $"input has {Input.Length} items; at most {maxInputs} are allowed.") { Param = "input", Code = "field_invalid" },
        _ when Input.Any(i => i.Text.Length == 0) => new(422, "input must not contain empty strings.") { Param = "input", Code = "field_invalid" },
        { TopK: < 1 } => new(422, "top_k must be at least 1.") { Param = "top_k", Code = "field_invalid" },
        _ => null,
    };
}

/// <param name="Results">One for each input, in order.</param>
public sealed record ClassifyResponse(string Model, string ModelVersion, ClassifyResult[] Results, Usage Usage);

/// <param name="Labels">Best first.</param>
public sealed record ClassifyResult(LabelScore[] Labels);

public sealed record LabelScore(string Label, float Score);
