using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What Text Embeddings Inference classifies: <c>string | [text] | [text, pair] | ([text] | [text, pair])[]</c>. A flat list is one input.</summary>
/// <param name="IsBatch">Whether the answer is a list for each input.</param>
[JsonConverter(typeof(TeiPredictInputsConverter))]
public sealed record TeiPredictInputs(TextOrPair[] Items, bool IsBatch);

internal sealed class TeiPredictInputsConverter : JsonConverter<TeiPredictInputs>
{
    public override TeiPredictInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([new(reader.GetString()!, null)], IsBatch: false);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("Expected a string or an array.");
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.String) return new([ReadOne(ref reader)], IsBatch: false);

        List<TextOrPair> items = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("All items must be of one kind.");
            Next(ref reader);
            items.Add(ReadOne(ref reader));
        }

        return new([.. items], IsBatch: true);
    }

    public override void Write(Utf8JsonWriter writer, TeiPredictInputs value, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <summary>From the first text to the end of its array.</summary>
    private static TextOrPair ReadOne(ref Utf8JsonReader reader)
    {
        List<string> texts = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != JsonTokenType.String || texts.Count == 2) throw new JsonException("Expected one or two strings.");
            texts.Add(reader.GetString()!);
        }

        return texts is [var text, ..] ? new(text, texts.ElementAtOrDefault(1)) : throw new JsonException("Expected one or two strings.");
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new JsonException("The array does not end.");
    }
}
