using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults;

internal sealed record InferenceErrorBody(string Error);

internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId);

[JsonSerializable(typeof(OpenAIErrorBody))]
[JsonSerializable(typeof(InferenceErrorBody))]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ErrorJson : JsonSerializerContext
{
    /// <summary>Leaves quotation marks and letters of any script readable: these bodies are never part of a page.</summary>
    public static ErrorJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
