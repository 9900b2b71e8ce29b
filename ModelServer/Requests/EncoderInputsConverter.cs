using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.Requests;

/// <summary>Reads <c>string | string[] | int[] | int[][]</c>; a flat list of token ids is one input.</summary>
internal sealed class EncoderInputsConverter : JsonConverter<EncoderInput[]>
{
    public override EncoderInput[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [new TextInput(reader.GetString()!)];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a string or an array.");
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.Number) return [ReadIds(ref reader)];

        var kind = reader.TokenType;
        List<EncoderInput> inputs = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != kind) throw new JsonException("All items must be of one kind.");
            inputs.Add(ReadOne(ref reader));
        }

        return [.. inputs];
    }

    public override void Write(Utf8JsonWriter writer, EncoderInput[] value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static EncoderInput ReadOne(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return new TextInput(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a string or a list of token ids.");
        Next(ref reader);
        return ReadIds(ref reader);
    }

    /// <summary>From the first id to the end of its array.</summary>
    private static TokenInput ReadIds(ref Utf8JsonReader reader)
    {
        List<int> ids = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id)) throw new JsonException("Expected a token id.");
            ids.Add(id);
        }

        return new TokenInput([.. ids]);
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new JsonException("The array does not end.");
    }
}
