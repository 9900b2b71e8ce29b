using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Telemetry;

namespace ModelServer.Classify;

/// <summary><c>POST /v1/classify</c>: all labels with their scores for each input, in order.</summary>
internal static class ClassifyEndpoint
{
    public static async Task<IResult> HandleAsync(ClassifyRequest request, Classifier classifier, IOptions<ClassifyOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxInputs) is { } error) return new ApiErrorResult(error);
        var inputs = Array.ConvertAll(request.Input.Items, i => new TextInput(i.Text, i.Pair));
        var result = await classifier.ClassifyAsync(request.Model, inputs, "input", Caller.From(http), maxTokens: null, request.Truncate, http.RequestAborted);

        ResponseHeaders.Write(http, result.Version, result.Timing, result.Tokens);
        var top = request.TopK ?? int.MaxValue;
        return TypedResults.Ok(new ClassifyResponse(
            result.Version.Name, result.Version.Version, [.. result.Scores.Select(scores => Rank(result.Labels, scores, top))], Usage.OfPrompt(result.Tokens)));
    }

    private static Classification Rank(string[] labels, float[] scores, int top)
        => new([.. labels.Zip(scores, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score).Take(top)]);

    private static ApiError? Validate(this ClassifyRequest request, int maxInputs) => request switch
    {
        { Input: null } => new(422, "input is required.") { Param = "input", Code = "field_required" },
        { Input.Items: [] } => new(422, "input must not be empty.") { Param = "input", Code = "field_invalid" },
        { Input.Items: var items } when items.Length > maxInputs => new(422, $"input has {items.Length} items; at most {maxInputs} are allowed.") { Param = "input", Code = "field_invalid" },
        { Input.Items: var items } when items.Any(i => i.Text.Length == 0) => new(422, "input must not contain empty strings.") { Param = "input", Code = "field_invalid" },
        { TopK: < 1 } => new(422, "top_k must be at least 1.") { Param = "top_k", Code = "field_invalid" },
        _ => null,
    };
}
