using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>Strings that end a text: <c>string | string[]</c>.</summary>
[JsonConverter(typeof(StopInputConverter))]
public sealed record StopInput(string[] Strings);

internal sealed class StopInputConverter : JsonConverter<StopInput>
{
    public override StopInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([reader.GetString()!]);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of strings");
        List<string> stops = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            stops.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonFieldException("a string"));
        return new([.. stops]);
    }

    public override void Write(Utf8JsonWriter writer, StopInput value, JsonSerializerOptions options) => throw new NotSupportedException();
}
