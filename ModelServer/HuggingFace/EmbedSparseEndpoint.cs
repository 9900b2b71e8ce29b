using ModelServer.Answers;
using ModelServer.Requests;
using ModelServer.SparseEmbed;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /embed_sparse</c>, as Text Embeddings Inference's: what is not 0 of each input's vector, in order.</summary>
internal static class EmbedSparseEndpoint
{
    public static async Task<IResult> HandleAsync(TeiEmbedSparseRequest request, SparseEmbedder embedder, HttpContext http)
    {
        var inputs = new SparseInputs(request.Model, Array.ConvertAll(EncoderInput.Of(request.Inputs), i => i with { Side = Truncations.Side(request.TruncationDirection) }), "inputs")
        {
            PromptName = request.PromptName,
            Truncate = request.Truncate,
        };
        var result = await embedder.EmbedAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(Array.ConvertAll(result.Vectors, v => Array.ConvertAll(v, w => new TeiSparseValue(w.Index, w.Weight))));
    }

    public static FieldError? Validate(this TeiEmbedSparseRequest request, int maxInputs) => request switch
    {
        { Inputs: null } => FieldError.Required("inputs"),
        { Inputs.Count: 0 } => new("inputs", "inputs must not be empty."),
        _ when request.Inputs.Count > maxInputs => new("inputs", $"inputs has {request.Inputs.Count} items; at most {maxInputs} are allowed."),
        { Inputs.HasEmpty: true } => new("inputs", "inputs must not contain empty strings or lists."),
        _ => Truncations.Validate(request.TruncationDirection),
    };
}
