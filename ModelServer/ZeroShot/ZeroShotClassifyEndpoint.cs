using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.ZeroShot;

/// <summary><c>POST /v1/zero-shot-classify</c>: how well each label of the request suits each input, best first.</summary>
internal static class ZeroShotClassifyEndpoint
{
    public static async Task<IResult> HandleAsync(ZeroShotClassifyRequest request, ZeroShotClassifier classifier, HttpContext http)
    {
        var template = TemplateOf(request)!;
        var pairs = new HypothesisPairs(request.Input.Strings, Array.ConvertAll(request.Labels, template.With), request.Truncate ?? true);
        var result = await classifier.ClassifyAsync(request.Model, pairs, request.MultiLabel ?? false, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(new ZeroShotClassifyResponse(
            result.Version.Name, result.Version.Version, Array.ConvertAll(result.Scores, scores => Rank(request.Labels, scores)), Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this ZeroShotClassifyRequest request, int maxPairs) => request switch
    {
        { Input: null } => FieldError.Required("input"),
        { Labels: null } => FieldError.Required("labels"),
        { Input.Strings: [] } => new("input", "input must not be empty."),
        { Labels: [] } => new("labels", "labels must not be empty."),
        { Input.Strings: var inputs, Labels: var labels } when (long)inputs.Length * labels.Length > maxPairs
            => new("labels", $"{labels.Length} labels for {inputs.Length} inputs are {(long)inputs.Length * labels.Length} pairs; at most {maxPairs} are allowed."),
        { Input.Strings: var inputs } when inputs.Any(string.IsNullOrEmpty) => new("input", "input must not contain empty strings."),
        { Labels: var labels } when Array.FindIndex(labels, string.IsNullOrEmpty) is >= 0 and var i => new($"labels[{i}]", $"labels[{i}] must not be empty."),
        { HypothesisTemplate.Length: > ZeroShotOptions.LongestTemplate } => new("hypothesis_template", $"hypothesis_template has more than {ZeroShotOptions.LongestTemplate} characters."),
        _ when TemplateOf(request) is null => new("hypothesis_template", "hypothesis_template must have {} once, where the label goes, and other braces doubled."),
        _ => null,
    };

    private static HypothesisTemplate? TemplateOf(ZeroShotClassifyRequest request) => HypothesisTemplate.Parse(request.HypothesisTemplate ?? ZeroShotClassifyRequest.DefaultTemplate);

    private static Classification Rank(string[] labels, float[] scores)
        => new([.. labels.Zip(scores, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score)]);
}
