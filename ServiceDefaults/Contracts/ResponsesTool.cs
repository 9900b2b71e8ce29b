using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>A function that the model may call.</summary>
public sealed record ResponsesTool([property: AllowedValues("function"), Required] string Type, string? Name = null)
{
    public string? Description { get; init; }

    [Description("JSON schema of its arguments: an object, or null for none.")]
    public JsonElement? Parameters { get; init; }

    [Description("Whether arguments must follow the schema.")]
    public bool? Strict { get; init; }
}

/// <summary>Whether the model may, must or must not call functions: <c>"auto" | "none" | "required" | {"type":"function","name"}</c>.</summary>
/// <param name="Type">A mode, or the kind of tool.</param>
/// <param name="Name">The function that must be called.</param>
[JsonConverter(typeof(ResponsesToolChoiceConverter))]
public sealed record ResponsesToolChoice(string Type, string? Name = null)
{
    /// <summary>Whether it came as a word.</summary>
    public bool IsMode { get; init; }

    public static ResponsesToolChoice Auto { get; } = new("auto") { IsMode = true };
}

/// <inheritdoc cref="ResponsesContentConverter"/>
public sealed class ResponsesToolChoiceConverter : JsonConverter<ResponsesToolChoice>
{
    private const string Expected = "a string or an object with the field type";

    public override ResponsesToolChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new(reader.GetString()!) { IsMode = true };
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonFieldException(Expected);
        using var parsed = JsonDocument.ParseValue(ref reader);
        return new(StringOf(parsed.RootElement, "type") ?? throw new JsonFieldException(Expected), StringOf(parsed.RootElement, "name"));
    }

    public override void Write(Utf8JsonWriter writer, ResponsesToolChoice value, JsonSerializerOptions options)
    {
        if (value.IsMode)
        {
            writer.WriteStringValue(value.Type);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type", value.Type);
        if (value.Name is not null) writer.WriteString("name", value.Name);
        writer.WriteEndObject();
    }

    private static string? StringOf(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
