using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.OpenAI;

[JsonSerializable(typeof(Completion<TextCompletionChoice>))]
[JsonSerializable(typeof(Completion<ChatCompletionChoice>))]
[JsonSerializable(typeof(Completion<ChatCompletionDelta>))]
internal sealed partial class OpenAIJson : JsonSerializerContext
{
    /// <summary>Leaves letters of any script readable: these bodies are never part of a page.</summary>
    public static OpenAIJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
