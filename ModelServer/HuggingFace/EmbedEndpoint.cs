using ModelServer.Answers;
using ModelServer.Embed;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /embed</c>, as Text Embeddings Inference's: one vector for each input, in order.</summary>
internal static class EmbedEndpoint
{
    public static async Task<IResult> HandleAsync(TeiEmbedRequest request, Embedder embedder, HttpContext http)
    {
        var inputs = new EmbedInputs(request.Model, Array.ConvertAll(EncoderInput.Of(request.Inputs), i => i with { Side = Truncations.Side(request.TruncationDirection) }), "inputs")
        {
            Dimensions = request.Dimensions,
            PromptName = request.PromptName,
            Truncate = request.Truncate,
            Normalize = request.Normalize ?? true,
        };
        var result = await embedder.EmbedAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(Array.ConvertAll(result.Vectors, v => new EmbeddingVector(v, InBase64: request.EncodingFormat == EmbeddingsRequest.Base64)));
    }

    public static FieldError? Validate(this TeiEmbedRequest request, int maxInputs) => request switch
    {
        { Inputs: null } => FieldError.Required("inputs"),
        { Inputs.Count: 0 } => new("inputs", "inputs must not be empty."),
        _ when request.Inputs.Count > maxInputs => new("inputs", $"inputs has {request.Inputs.Count} items; at most {maxInputs} are allowed."),
        { Inputs.HasEmpty: true } => new("inputs", "inputs must not contain empty strings or lists."),
        { Dimensions: < 1 } => new("dimensions", "dimensions must be at least 1."),
        { EncodingFormat: not (null or EmbeddingsRequest.Float or EmbeddingsRequest.Base64) } => new("encoding_format", "encoding_format must be float or base64."),
        _ => Truncations.Validate(request.TruncationDirection),
    };
}
