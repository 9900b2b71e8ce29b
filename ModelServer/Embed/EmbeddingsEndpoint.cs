using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.Embed;

/// <summary><c>POST /v1/embeddings</c>, as OpenAI's: one vector for each text or list of token ids, in order.</summary>
internal static class EmbeddingsEndpoint
{
    private const string Base64 = "base64";

    public static async Task<IResult> HandleAsync(EmbeddingsRequest request, Embedder embedder, IOptions<EmbedOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxInputs) is { } error) return new ApiErrorResult(error);
        var result = await embedder.EmbedAsync(request, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Name, result.Version.Version, result.Timing, result.Tokens);
        var inBase64 = request.EncodingFormat == Base64;
        return TypedResults.Ok(new EmbeddingsResponse(
            [.. result.Vectors.Select((vector, i) => new EmbeddingItem(i, new(vector, inBase64)))], result.Version.Name, Usage.OfPrompt(result.Tokens)));
    }

    private static ApiError? Validate(this EmbeddingsRequest request, int maxInputs) => request switch
    {
        { Input: null } => new(400, "input is required.") { Param = "input", Code = "field_required" },
        { Input: [] } => Invalid("input", "input must not be empty."),
        _ when request.Input.Length > maxInputs => Invalid("input", $"input has {request.Input.Length} items; at most {maxInputs} are allowed."),
        _ when request.Input.Any(i => i is TextInput { Text: "" } or TokenInput { Ids: [] }) => Invalid("input", "input must not contain empty strings or lists."),
        { EncodingFormat: not (null or "float" or Base64) } => Invalid("encoding_format", "encoding_format must be float or base64."),
        { Dimensions: < 1 } => Invalid("dimensions", "dimensions must be at least 1."),
        _ => null,
    };

    private static ApiError Invalid(string param, string message) => new(400, message) { Param = param, Code = "field_invalid" };
}

/// <summary>OpenAI's fields and two of ours. Fields that are not known are ignored: clients of that API grow new ones.</summary>
/// <param name="EncodingFormat"><c>float</c> (the default), or <c>base64</c> of little-endian float32.</param>
/// <param name="Dimensions">How many of a vector's first numbers to answer; all if null.</param>
/// <param name="User">Read for its type only.</param>
/// <param name="PromptName">Which of the model's prompts to put in front of each text; its default one if null.</param>
/// <param name="Truncate">Cut inputs that are too long instead of refusing them.</param>
internal sealed record EmbeddingsRequest(
    string? Model,
    [property: JsonConverter(typeof(EncoderInputsConverter))] EncoderInput[]? Input,
    string? EncodingFormat,
    int? Dimensions,
    string? User,
    string? PromptName,
    bool Truncate = false);

/// <param name="Data">One for each input, in order.</param>
internal sealed record EmbeddingsResponse(EmbeddingItem[] Data, string Model, Usage Usage, string Object = "list");

internal sealed record EmbeddingItem(int Index, [property: JsonConverter(typeof(EmbeddingVectorConverter))] EmbeddingVector Embedding, string Object = "embedding");
