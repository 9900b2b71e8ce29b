using System.Text.Json;
using System.Text.Json.Serialization;
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

    public static async Task<IResult> HandleAsync(PredictBody body, Classifier classifier, HttpContext http, TimeProvider time)
    {
        if (body.Inputs is not { } request) return await PredictEndpoint.HandleAsync(body.Text!, classifier, http, time);

        var inputs = Array.ConvertAll(request.Inputs.Items, i => new TextInput(i.Text, i.Pair) { Side = request.Side() });
        var result = await classifier.ClassifyAsync(request.Model, inputs, "inputs", Caller.From(http), maxTokens: null, request.Truncate ?? true, http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var scores = request.RawScores == true ? Array.ConvertAll(result.Logits, l => l.ToArray()) : result.Scores;
        var ranked = Array.ConvertAll(scores, s => result.Labels.Zip(s, (label, score) => new LabelScore(label, score)).OrderByDescending(l => l.Score).ToArray());
        return request.Inputs.IsBatch || http.Request.Headers.UserAgent.ToString().StartsWith(HubClient, StringComparison.Ordinal) ? TypedResults.Ok(ranked) : TypedResults.Ok(ranked[0]);
    }

    /// <summary>An error has the form of the request.</summary>
    public static ValueTask<object?> ShapeErrors(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (context.GetArgument<PredictBody>(0).Inputs is not null) context.HttpContext.Features.Set(new RequestErrorShape(ErrorShape.HuggingFace));
        return next(context);
    }

    public static FieldError? Validate(this PredictBody body, int maxInputs) => body switch
    {
        { Text: { } text } => text.Validate(),
        { Inputs.Inputs: null } => FieldError.Required("inputs"),
        { Inputs.Inputs.Items: var items } when items.Length > maxInputs => new("inputs", $"inputs has {items.Length} items; at most {maxInputs} are allowed."),
        { Inputs.Inputs.Items: var items } when items.Any(i => i.Text.Length == 0) => new("inputs", "inputs must not contain empty strings."),
        _ => body.Inputs!.ValidateDirection(),
    };
}

/// <summary>A body of <c>/predict</c> in either form; one of them is null.</summary>
[JsonConverter(typeof(PredictBodyConverter))]
internal sealed record PredictBody(PredictRequest? Text, TeiPredictRequest? Inputs);

internal sealed class PredictBodyConverter : JsonConverter<PredictBody>
{
    public override PredictBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => HasInputs(reader)
        ? new(null, JsonSerializer.Deserialize<TeiPredictRequest>(ref reader, options))
        : new(JsonSerializer.Deserialize<PredictRequest>(ref reader, options), null);

    public override void Write(Utf8JsonWriter writer, PredictBody value, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <summary>Reads ahead on a copy of the reader, over the members of the body alone.</summary>
    private static bool HasInputs(Utf8JsonReader ahead)
    {
        if (ahead.TokenType != JsonTokenType.StartObject) return false;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            if (ahead.ValueTextEquals("inputs"u8)) return true;
            // The whole body is here, though the reader does not know that it is the end.
            if (!ahead.TrySkip()) return false;
        }

        return false;
    }
}
