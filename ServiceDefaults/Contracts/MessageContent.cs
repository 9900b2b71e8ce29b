using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What a message says: <c>string | [{"type":"text","text"} | {"type":"refusal","refusal"}]</c>; a string is one part.</summary>
[JsonConverter(typeof(MessageContentConverter))]
public sealed record MessageContent(ContentPart[] Parts)
{
    /// <summary>All its texts.</summary>
    public string Text => string.Concat(Parts.Select(p => p.Text));
}

/// <param name="Type">As the body spells it.</param>
/// <param name="Text">Null where a part of the type has none.</param>
public sealed record ContentPart(string Type, string? Text);

internal sealed class MessageContentConverter : JsonConverter<MessageContent>
{
    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([new("text", reader.GetString())]);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of parts");
        List<ContentPart> parts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            using var parsed = JsonDocument.ParseValue(ref reader);
            var part = parsed.RootElement;
            if (HasANameTwice(part)) throw new JsonFieldException("an object that has each name once");
            var type = StringOf(part, "type") ?? throw new JsonFieldException("an object with the field type");
            // Each type names its member after itself.
            var text = type is "text" or "refusal" ? StringOf(part, type) ?? throw new JsonFieldException($"an object with the fields type and {type}, both strings") : null;
            parts.Add(new(type, text));
        }

        return new([.. parts]);
    }

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static bool HasANameTwice(JsonElement part)
        => part.ValueKind == JsonValueKind.Object && part.EnumerateObject().Select(p => p.Name).Distinct().Count() < part.GetPropertyCount();

    private static string? StringOf(JsonElement part, string name)
        => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
