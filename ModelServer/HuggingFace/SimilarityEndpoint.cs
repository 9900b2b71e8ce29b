using System.Numerics.Tensors;
using ModelServer.Answers;
using ModelServer.Embed;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /similarity</c>, as Text Embeddings Inference's: the cosine of a sentence's vector with each of some others'.</summary>
internal static class SimilarityEndpoint
{
    public static async Task<IResult> HandleAsync(TeiSimilarityRequest request, Embedder embedder, HttpContext http)
    {
        var parameters = request.Parameters;
        EncoderInput[] texts = [.. request.Inputs.Sentences.Prepend(request.Inputs.SourceSentence).Select(text => new TextInput(text) { Side = Truncations.Side(parameters?.TruncationDirection) })];
        var inputs = new EmbedInputs(request.Model, texts, "inputs") { PromptName = parameters?.PromptName, Truncate = parameters?.Truncate, Normalize = true };
        var result = await embedder.EmbedAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var source = result.Vectors[0];
        return TypedResults.Ok(Array.ConvertAll(result.Vectors[1..], v => TensorPrimitives.Dot(source.Span, v.Span)));
    }

    public static FieldError? Validate(this TeiSimilarityRequest request, int maxInputs) => request switch
    {
        { Inputs: null } => FieldError.Required("inputs"),
        { Inputs.SourceSentence: null } => FieldError.Required("inputs.source_sentence"),
        { Inputs.SourceSentence: "" } => new("inputs.source_sentence", "inputs.source_sentence must not be empty."),
        { Inputs.Sentences: null } => FieldError.Required("inputs.sentences"),
        { Inputs.Sentences: [] } => new("inputs.sentences", "inputs.sentences must not be empty."),
        { Inputs.Sentences: var sentences } when sentences.Length >= maxInputs => new("inputs.sentences", $"inputs.sentences has {sentences.Length} items; at most {maxInputs - 1} are allowed."),
        { Inputs.Sentences: var sentences } when sentences.Any(string.IsNullOrEmpty) => new("inputs.sentences", "inputs.sentences must not contain empty strings."),
        _ => Truncations.Validate(request.Parameters?.TruncationDirection),
    };
}
