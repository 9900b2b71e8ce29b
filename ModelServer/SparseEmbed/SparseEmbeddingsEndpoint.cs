using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.SparseEmbed;

/// <summary><c>POST /v1/sparse-embeddings</c>: the weights of each input over the model's vocabulary.</summary>
internal static class SparseEmbeddingsEndpoint
{
    public static async Task<IResult> HandleAsync(SparseEmbeddingsRequest request, SparseEmbedder embedder, HttpContext http)
    {
        var inputs = new SparseInputs(request.Model, EncoderInput.Of(request.Input), "input")
        {
            TopK = request.TopK,
            MinValue = request.MinValue,
            PromptName = request.PromptName,
            Truncate = request.Truncate,
        };
        var result = await embedder.EmbedAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        var results = Array.ConvertAll(result.Vectors, v => new SparseEmbedding(Array.ConvertAll(v, w => w.Index), Array.ConvertAll(v, w => w.Weight)));
        return TypedResults.Ok(new SparseEmbeddingsResponse(result.Version.Name, result.Version.Version, results, Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this SparseEmbeddingsRequest request, int maxInputs) => request switch
    {
        { Input: null } => FieldError.Required("input"),
        { Input.Count: 0 } => new("input", "input must not be empty."),
        _ when request.Input.Count > maxInputs => new("input", $"input has {request.Input.Count} items; at most {maxInputs} are allowed."),
        { Input.HasEmpty: true } => new("input", "input must not contain empty strings or lists."),
        { TopK: < 1 } => new("top_k", "top_k must be at least 1."),
        { MinValue: { } least } when !(least >= 0 && float.IsFinite(least)) => new("min_value", "min_value must be at least 0."),
        _ => null,
    };
}
