using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Classify;

/// <summary><c>POST /v1/classify</c>: all labels with their scores for each input, in order.</summary>
internal static class ClassifyEndpoint
{
    public static async Task<IResult> HandleAsync(ClassifyRequest request, Classifier classifier, HttpContext http)
    {
        var inputs = Array.ConvertAll(request.Input.Items, i => new TextInput(i.Text, i.Pair));
        var result = await classifier.ClassifyAsync(request.Model, inputs, "input", Caller.From(http), maxTokens: null, request.Truncate, http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var top = request.TopK ?? int.MaxValue;
        return TypedResults.Ok(new ClassifyResponse(
            result.Version.Name, result.Version.Version, [.. result.Scores.Select(scores => Rank(result.Labels, scores, top))], Usage.OfPrompt(result.Tokens)));
    }

    private static Classification Rank(string[] labels, float[] scores, int top)
        => new([.. labels.Zip(scores, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score).Take(top)]);

    public static FieldError? Validate(this ClassifyRequest request, int maxInputs) => request switch
    {
        { Input: null } => FieldError.Required("input"),
        { Input.Items: [] } => new("input", "input must not be empty."),
        { Input.Items: var items } when items.Length > maxInputs => new("input", $"input has {items.Length} items; at most {maxInputs} are allowed."),
        { Input.Items: var items } when items.Any(i => i.Text.Length == 0) => new("input", "input must not contain empty strings."),
        { TopK: < 1 } => new("top_k", "top_k must be at least 1."),
        _ => null,
    };
}
