using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/classify</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ClassifyRequest(
    [property: Description("One text, a list of texts, or a list of [text, pair] lists."), Required] ClassifyInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many labels for each input, best first; without it all."), Range(1, int.MaxValue)] int? TopK = null,
    [property: Description("Whether texts beyond the model's maximum are cut instead of refused.")] bool Truncate = false);

/// <param name="Results">One for each input, in order.</param>
public sealed record ClassifyResponse(string Model, string ModelVersion, Classification[] Results, Usage Usage);

/// <param name="Labels">Best first.</param>
public sealed record Classification(LabelScore[] Labels);

public sealed record LabelScore(string Label, float Score);

/// <summary>Texts and pairs of texts: <c>string | string[] | [text, pair][]</c>; strings and pairs may be mixed in one list.</summary>
[JsonConverter(typeof(ClassifyInputConverter))]
public sealed record ClassifyInput(TextOrPair[] Items);

public readonly record struct TextOrPair(string Text, string? Pair);

internal sealed class ClassifyInputConverter : JsonConverter<ClassifyInput>
{
    public override ClassifyInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([new(reader.GetString()!, null)]);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of strings and [text, pair] lists");
        List<TextOrPair> inputs = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) inputs.Add(ReadOne(ref reader));
        return new([.. inputs]);
    }

    public override void Write(Utf8JsonWriter writer, ClassifyInput value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static TextOrPair ReadOne(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return new(reader.GetString()!, null);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of two strings");
        var (text, pair) = (ReadString(ref reader), ReadString(ref reader));
        return reader.Read() && reader.TokenType == JsonTokenType.EndArray ? new(text, pair) : throw new JsonFieldException("a string, as one of two in a list");
    }

    private static string ReadString(ref Utf8JsonReader reader)
        => reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonFieldException("a string, as one of two in a list");
}
