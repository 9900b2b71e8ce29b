using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Errors;

[JsonSerializable(typeof(ApiErrorBody))]
[JsonSerializable(typeof(ResponsesEvent))]
[JsonSerializable(typeof(InferenceError))]
[JsonSerializable(typeof(CohereError))]
[JsonSerializable(typeof(HuggingFaceError))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ErrorJson : JsonSerializerContext
{
    /// <summary>Leaves quotation marks and letters of any script readable: these bodies are never part of a page.</summary>
    public static ErrorJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
