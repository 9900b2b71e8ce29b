using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.Responses;

[JsonSerializable(typeof(ResponsesObject))]
[JsonSerializable(typeof(ResponsesEvent))]
[JsonSerializable(typeof(ResponsesItemList))]
[JsonSerializable(typeof(ResponsesDeleted))]
[JsonSerializable(typeof(StoredResponse))]
internal sealed partial class ResponsesJson : JsonSerializerContext
{
    /// <summary>Leaves letters of any script readable: these bodies are never part of a page.</summary>
    public static ResponsesJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
