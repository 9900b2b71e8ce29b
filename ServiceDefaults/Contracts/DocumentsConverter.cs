using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>Reads a list of strings and of objects whose one field is <c>text</c>.</summary>
internal sealed class DocumentsConverter : JsonConverter<DocumentInput[]>
{
    public override DocumentInput[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a list of strings or of objects with the field text");
        List<DocumentInput> documents = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) documents.Add(new(ReadOne(ref reader)));
        return [.. documents];
    }

    public override void Write(Utf8JsonWriter writer, DocumentInput[] value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static string ReadOne(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonFieldException("a string or an object with the field text");
        var isText = reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("text"u8);
        if (!isText || !reader.Read() || reader.TokenType != JsonTokenType.String) throw new JsonFieldException("a string or an object with the field text and no other");
        var text = reader.GetString()!;
        return reader.Read() && reader.TokenType == JsonTokenType.EndObject ? text : throw new JsonFieldException("a string or an object with the field text and no other");
    }
}
