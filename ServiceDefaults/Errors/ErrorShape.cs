using Microsoft.AspNetCore.Http;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Errors;

/// <summary>Shapes that errors have, each what the clients of a route expect.</summary>
public enum ErrorShape
{
    /// <summary>RFC 9457.</summary>
    Problem,

    /// <summary>OpenAI's error object.</summary>
    OpenAI,

    /// <summary>The Open Inference Protocol's <c>{"error"}</c>.</summary>
    InferenceProtocol,

    /// <summary>Cohere's <c>{"message", "id"}</c>.</summary>
    Cohere,

    /// <summary><c>{"error", "error_type"}</c> of Hugging Face's servers.</summary>
    HuggingFace,
}

/// <summary>Says which shape errors have at an address.</summary>
public static class ErrorShapes
{
    private static readonly (PathString Prefix, ErrorShape Shape)[] ByPrefix =
    [
        ("/v2/rerank", ErrorShape.Cohere), ("/v1", ErrorShape.OpenAI), ("/v2", ErrorShape.InferenceProtocol),
        ("/embed", ErrorShape.HuggingFace), ("/embed_all", ErrorShape.HuggingFace), ("/embed_sparse", ErrorShape.HuggingFace), ("/similarity", ErrorShape.HuggingFace),
        ("/rerank", ErrorShape.HuggingFace), ("/tokenize", ErrorShape.HuggingFace), ("/info", ErrorShape.HuggingFace), ("/generate", ErrorShape.HuggingFace),
        ("/generate_stream", ErrorShape.HuggingFace),
    ];

    public static ErrorShape Of(PathString path) => Array.Find(ByPrefix, p => path.StartsWithSegments(p.Prefix)).Shape;

    /// <summary>The type of an error's body.</summary>
    public static Type BodyType(this ErrorShape shape) => shape switch
    {
        ErrorShape.OpenAI => typeof(ApiErrorBody),
        ErrorShape.InferenceProtocol => typeof(InferenceError),
        ErrorShape.Cohere => typeof(CohereError),
        ErrorShape.HuggingFace => typeof(HuggingFaceError),
        _ => typeof(Problem),
    };
}
