using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>Texts, or token ids as the model takes them: <c>string | int[] | (string | int[])[]</c>; a flat list of token ids is one input.</summary>
public abstract record TextsOrIds
{
    public TextOrIds[] Items { get; init; } = [];

    public int Count => Items.Length;

    public bool HasEmpty => Items.Any(i => i is { Text: "" } or { Ids: [] });
}

/// <summary>One of them is null.</summary>
public sealed record TextOrIds(string? Text, int[]? Ids = null);

[JsonConverter(typeof(TextsOrIdsConverter<EmbeddingInput>))]
public sealed record EmbeddingInput : TextsOrIds;

[JsonConverter(typeof(TextsOrIdsConverter<PromptInput>))]
public sealed record PromptInput : TextsOrIds;

internal sealed class TextsOrIdsConverter<T> : JsonConverter<T>
    where T : TextsOrIds, new()
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new() { Items = [new(reader.GetString())] };
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string, a list of strings, a list of token ids or a list of such lists");
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.Number) return new() { Items = [new(null, ReadIds(ref reader))] };

        List<TextOrIds> items = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader)) items.Add(ReadItem(ref reader));
        return new() { Items = [.. items] };
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static TextOrIds ReadItem(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return new(reader.GetString());
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of token ids");
        Next(ref reader);
        return new(null, ReadIds(ref reader));
    }

    /// <summary>From the first id to the end of its array.</summary>
    private static int[] ReadIds(ref Utf8JsonReader reader)
    {
        List<int> ids = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id)) throw new JsonFieldException("a token id, a whole number");
            ids.Add(id);
        }

        return [.. ids];
    }

    private static void Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw new JsonFieldException("a list that ends");
    }
}
