using System.Collections.Frozen;
using System.Text.Json;
using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.Embed;

/// <summary><c>POST /v1/embeddings</c>, as OpenAI's: one vector for each text or list of token ids, in order.</summary>
internal static class EmbeddingsEndpoint
{
    /// <summary>Fields by which other servers (vLLM, Jina, Voyage, Cohere, NVIDIA) choose another vector. To ignore one would answer something else than was asked for.</summary>
    private static readonly FrozenSet<string> Unsupported = FrozenSet.ToFrozenSet(
    [
        "add_special_tokens", "embed_dtype", "embedding_type", "embedding_types", "endianness", "input_type", "instruction", "late_chunking", "messages", "output_dimension",
        "output_dtype", "pooling", "task", "truncation", "truncation_direction", "truncation_side",
    ], StringComparer.Ordinal);

    public static async Task<IResult> HandleAsync(EmbeddingsRequest request, Embedder embedder, HttpContext http)
    {
        var inputs = new EmbedInputs(request.Model, EncoderInput.Of(request.Input), "input")
        {
            Dimensions = request.Dimensions,
            PromptName = request.PromptName,
            Truncate = request.TruncatePromptTokens is null ? request.Truncate : true,
            MaxTokens = request.TruncatePromptTokens is > 0 ? request.TruncatePromptTokens : null,
            Normalize = request.Normalize,
        };
        var result = await embedder.EmbedAsync(inputs, Caller.From(http), http.RequestAborted);

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
        { TruncatePromptTokens: 0 or < -1 } => new("truncate_prompt_tokens", "truncate_prompt_tokens must be at least 1, or -1 for the model's maximum."),
        { TruncatePromptTokens: not null, Truncate: false } => new("truncate_prompt_tokens", "truncate_prompt_tokens does not go with truncate false."),
        _ => request.Others?.FirstOrDefault(o => Unsupported.Contains(o.Key) && o.Value.ValueKind != JsonValueKind.Null).Key is { } name
            ? FieldError.Unsupported(name, $"{name} is not supported here.")
            : null,
    };
}
