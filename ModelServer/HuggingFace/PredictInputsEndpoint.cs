using ModelServer.Answers;
using ModelServer.Classify;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /predict</c> in two forms: with <c>inputs</c> it is Text Embeddings Inference's route and answers all labels with their scores, best first;
/// else it is our own.</summary>
internal static class PredictInputsEndpoint
{
    /// <summary>Hugging Face's own client reads a list for each input even of a single text, as the hub's servers answer.</summary>
    private const string HubClient = "@huggingface/inference/";

    public static async Task<IResult> HandleAsync(TeiPredictRequest request, Classifier classifier, HttpContext http, TimeProvider time)
    {
        if (request.Inputs is not { } given) return await PredictEndpoint.HandleAsync(request, classifier, http, time);

        var inputs = Array.ConvertAll(given.Items, i => new TextInput(i.Text, i.Pair) { Side = Truncations.Side(request.TruncationDirection) });
        var result = await classifier.ClassifyAsync(request.Model, inputs, "inputs", Caller.From(http), maxTokens: null, request.Truncate ?? true, http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var scores = request.RawScores == true ? Array.ConvertAll(result.Logits, l => l.ToArray()) : result.Scores;
        var ranked = Array.ConvertAll(scores, s => result.Labels.Zip(s, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score).ToArray());
        return given.IsBatch || http.Request.Headers.UserAgent.ToString().StartsWith(HubClient, StringComparison.Ordinal) ? TypedResults.Ok(ranked) : TypedResults.Ok(ranked[0]);
    }

    /// <summary>An error has the form of the request.</summary>
    public static ValueTask<object?> ShapeErrors(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.GetArgument<TeiPredictRequest>(0).Inputs is not null) context.HttpContext.Features.Set(new RequestErrorShape(ErrorShape.HuggingFace));
        return next(context);
    }

    public static FieldError? Validate(this TeiPredictRequest request, int maxInputs) => request switch
    {
        { Inputs: null, Truncate: not null } => Alone("truncate"),
        { Inputs: null, TruncationDirection: not null } => Alone("truncation_direction"),
        { Inputs: null, RawScores: not null } => Alone("raw_scores"),
        { Inputs: null } => PredictEndpoint.Validate(request),
        { Text: not null } => new("text", "text does not go with inputs, which is another form of it."),
        { MaxLength: not null } => new("max_length", "max_length goes with text alone."),
        { Inputs.Items: var items } when items.Length == 0 => new("inputs", "inputs must not be empty."),
        { Inputs.Items: var items } when items.Length > maxInputs => new("inputs", $"inputs has {items.Length} items; at most {maxInputs} are allowed."),
        { Inputs.Items: var items } when items.Any(i => i.Text.Length == 0) => new("inputs", "inputs must not contain empty strings."),
        _ => Truncations.Validate(request.TruncationDirection),
    };

    private static FieldError Alone(string field) => new(field, $"{field} goes with inputs alone.");
}
