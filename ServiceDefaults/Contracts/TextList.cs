using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>Texts: <c>string | string[]</c>.</summary>
[JsonConverter(typeof(TextListConverter))]
public sealed record TextList(string[] Items);

internal sealed class TextListConverter : JsonConverter<TextList>
{
    public override TextList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([reader.GetString()!]);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of strings");
        List<string> texts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            texts.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonFieldException("a list of strings"));
        return new([.. texts]);
    }

    public override void Write(Utf8JsonWriter writer, TextList value, JsonSerializerOptions options) => throw new NotSupportedException();
}
