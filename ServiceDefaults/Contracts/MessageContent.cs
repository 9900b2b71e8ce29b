using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What a message says: <c>string | [{"type":"text","text"}]</c>.</summary>
/// <param name="Text">All its texts.</param>
/// <param name="UnsupportedPart">The type of a part that is no text, or null.</param>
[JsonConverter(typeof(MessageContentConverter))]
public sealed record MessageContent(string Text, string? UnsupportedPart = null);

internal sealed class MessageContentConverter : JsonConverter<MessageContent>
{
    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of parts");
        var text = new StringBuilder();
        string? unsupported = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            using var part = JsonDocument.ParseValue(ref reader);
            if (HasANameTwice(part.RootElement)) throw new JsonFieldException("an object that has each name once");
            var (type, value) = (StringOf(part.RootElement, "type"), StringOf(part.RootElement, "text"));
            if (type is null) throw new JsonFieldException("an object with the field type");
            if (type != "text") unsupported ??= type;
            else text.Append(value ?? throw new JsonFieldException("an object with the fields type and text, both strings"));
        }

        return new(text.ToString(), unsupported);
    }

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static bool HasANameTwice(JsonElement part)
        => part.ValueKind == JsonValueKind.Object && part.EnumerateObject().Select(p => p.Name).Distinct().Count() < part.GetPropertyCount();

    private static string? StringOf(JsonElement part, string name)
        => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
