using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Telemetry;

namespace ModelServer.Embed;

/// <summary><c>POST /v1/embeddings</c>, as OpenAI's: one vector for each text or list of token ids, in order.</summary>
internal static class EmbeddingsEndpoint
{
    public static async Task<IResult> HandleAsync(EmbeddingsRequest request, Embedder embedder, IOptions<EmbedOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxInputs) is { } error) return new ApiErrorResult(error);
        var result = await embedder.EmbedAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version, result.Timing, result.Tokens);
        var inBase64 = request.EncodingFormat == EmbeddingsRequest.Base64;
        return TypedResults.Ok(new EmbeddingsResponse(
            [.. result.Vectors.Select((vector, i) => new EmbeddingItem(i, new(vector, inBase64), "embedding"))], result.Version.Name, Usage.OfPrompt(result.Tokens), "list"));
    }

    private static ApiError? Validate(this EmbeddingsRequest request, int maxInputs) => request switch
    {
        { Input: null } => new(400, "input is required.") { Param = "input", Code = "field_required" },
        { Input.Count: 0 } => Invalid("input", "input must not be empty."),
        _ when request.Input.Count > maxInputs => Invalid("input", $"input has {request.Input.Count} items; at most {maxInputs} are allowed."),
        _ when request.Input.HasEmpty => Invalid("input", "input must not contain empty strings or lists."),
        { EncodingFormat: not (null or EmbeddingsRequest.Float or EmbeddingsRequest.Base64) } => Invalid("encoding_format", "encoding_format must be float or base64."),
        { Dimensions: < 1 } => Invalid("dimensions", "dimensions must be at least 1."),
        _ => null,
    };

    private static ApiError Invalid(string param, string message) => new(400, message) { Param = param, Code = "field_invalid" };
}
