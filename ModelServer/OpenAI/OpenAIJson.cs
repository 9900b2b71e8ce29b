using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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

    private static JsonSerializerOptions WithUsage { get; } = new(Readable.Options) { TypeInfoResolver = Readable.WithAddedModifier(ShowUsage) };

    /// <summary>How the events of a stream are written.</summary>
    /// <param name="withUsage">Whether the last of them tells the usage: it is null in the others then, and else left out.</param>
    public static JsonTypeInfo<Completion<TChoice>> Event<TChoice>(bool withUsage)
        => (JsonTypeInfo<Completion<TChoice>>)(withUsage ? WithUsage : Readable.Options).GetTypeInfo(typeof(Completion<TChoice>));

    private static void ShowUsage(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.Name == "usage")) property.ShouldSerialize = (_, _) => true;
    }
}
