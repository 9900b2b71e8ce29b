using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.LateInteraction;

/// <summary><c>POST /v1/multi-vector-embeddings</c>: the vectors of each input's tokens, to be compared by MaxSim.</summary>
internal static class MultiVectorEndpoint
{
    public static async Task<IResult> HandleAsync(MultiVectorRequest request, LateInteractionEncoder encoder, HttpContext http)
    {
        var isQuery = request.InputType == MultiVectorRequest.Query;
        var texts = Array.ConvertAll(request.Input.Strings, text => new MarkedText(text, isQuery));
        var result = await encoder.EncodeAsync(request.Model, texts, "input", request.Truncate ?? true, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var inBase64 = request.EncodingFormat == EmbeddingsRequest.Base64;
        var results = Array.ConvertAll(result.Vectors, v => new MultiVectorEmbedding([.. v.All.Select(vector => new EmbeddingVector(vector, inBase64))]));
        return TypedResults.Ok(new MultiVectorResponse(result.Version.Name, result.Version.Version, results, Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this MultiVectorRequest request, int maxInputs) => request switch
    {
        { Input: null } => FieldError.Required("input"),
        { Input.Strings: [] } => new("input", "input must not be empty."),
        { Input.Strings: var texts } when texts.Length > maxInputs => new("input", $"input has {texts.Length} items; at most {maxInputs} are allowed."),
        { Input.Strings: var texts } when texts.Any(string.IsNullOrEmpty) => new("input", "input must not contain empty strings."),
        { InputType: null } => FieldError.Required("input_type"),
        { InputType: not (MultiVectorRequest.Query or MultiVectorRequest.Document) } => new("input_type", "input_type must be query or document."),
        { EncodingFormat: not (null or EmbeddingsRequest.Float or EmbeddingsRequest.Base64) } => new("encoding_format", "encoding_format must be float or base64."),
        _ => null,
    };
}
