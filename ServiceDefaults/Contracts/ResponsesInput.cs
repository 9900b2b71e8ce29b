using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>What is to be answered: <c>string | item[]</c>; a string is one message of the user.</summary>
[JsonConverter(typeof(ResponsesInputConverter))]
public sealed record ResponsesInput(ResponsesItem[] Items);

internal sealed class ResponsesInputConverter : JsonConverter<ResponsesInput>
{
    public override ResponsesInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new([new() { Type = "message", Role = "user", Content = ResponsesContent.Of("input_text", reader.GetString()!) }]),
        JsonTokenType.StartArray => new(ResponsesUnions.Array<ResponsesItem>(ref reader, options)),
        _ => throw new JsonFieldException("a string or a list of items"),
    };

    public override void Write(Utf8JsonWriter writer, ResponsesInput value, JsonSerializerOptions options) => throw new NotSupportedException();
}

internal static class ResponsesUnions
{
    public static T[] Array<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
        where T : class
    {
        var items = (T[])JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(typeof(T[])))!;
        return System.Array.TrueForAll(items, i => i is not null) ? items : throw new JsonFieldException("a list without null");
    }
}
