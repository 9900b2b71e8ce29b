using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Embed;

/// <summary><c>POST /v1/embeddings</c>, as OpenAI's: one vector for each text or list of token ids, in order.</summary>
internal static class EmbeddingsEndpoint
{
    public static async Task<IResult> HandleAsync(EmbeddingsRequest request, Embedder embedder, HttpContext http)
    {
        var result = await embedder.EmbedAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var inBase64 = request.EncodingFormat == EmbeddingsRequest.Base64;
        return TypedResults.Ok(new EmbeddingsResponse(
            [.. result.Vectors.Select((vector, i) => new EmbeddingItem(i, new(vector, inBase64), "embedding"))], result.Version.Name, Usage.OfPrompt(result.Tokens), "list"));
    }

    public static FieldError? Validate(this EmbeddingsRequest request, int maxInputs) => request switch
    {
        { Input: null } => FieldError.Required("input"),
        { Input.Count: 0 } => new("input", "input must not be empty."),
        _ when request.Input.Count > maxInputs => new("input", $"input has {request.Input.Count} items; at most {maxInputs} are allowed."),
        _ when request.Input.HasEmpty => new("input", "input must not contain empty strings or lists."),
        { EncodingFormat: not (null or EmbeddingsRequest.Float or EmbeddingsRequest.Base64) } => new("encoding_format", "encoding_format must be float or base64."),
        { Dimensions: < 1 } => new("dimensions", "dimensions must be at least 1."),
        _ => null,
    };
}
