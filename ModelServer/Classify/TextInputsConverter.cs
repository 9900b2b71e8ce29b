using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.Requests;

namespace ModelServer.Classify;

/// <summary>Reads <c>string | string[] | [text, pair][]</c> into a list; strings and pairs may be mixed.</summary>
internal sealed class TextInputsConverter : JsonConverter<TextInput[]>
{
    public override TextInput[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [new(reader.GetString()!)];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a string or an array.");
        List<TextInput> inputs = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) inputs.Add(ReadOne(ref reader));
        return [.. inputs];
    }

    public override void Write(Utf8JsonWriter writer, TextInput[] value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static TextInput ReadOne(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return new(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a string or a pair of strings.");
        var (text, pair) = (ReadString(ref reader), ReadString(ref reader));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new(text, pair) : throw new JsonException("A pair has two strings.");
    }

    private static string ReadString(ref Utf8JsonReader reader)
        => reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("A pair has two strings.");
}
