using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>Texts, or token ids as the model takes them: <c>string | string[] | int[] | int[][]</c>; a flat list of token ids is one input.</summary>
public abstract record TextsOrIds
{
    /// <summary>Null where there are ids.</summary>
    public string[]? Texts { get; init; }

    /// <summary>Null where there are texts.</summary>
    public int[][]? Ids { get; init; }

    public int Count => Texts?.Length ?? Ids!.Length;

    public bool HasEmpty => Texts is not null ? Texts.Contains("") : Ids!.Any(i => i.Length == 0);
}

[JsonConverter(typeof(TextsOrIdsConverter<EmbeddingInput>))]
public sealed record EmbeddingInput : TextsOrIds;

[JsonConverter(typeof(TextsOrIdsConverter<PromptInput>))]
public sealed record PromptInput : TextsOrIds;

internal sealed class TextsOrIdsConverter<T> : JsonConverter<T>
    where T : TextsOrIds, new()
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new() { Texts = [reader.GetString()!] };
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string, a list of strings, a list of token ids or a list of such lists");
        Next(ref reader);
        if (reader.TokenType == JsonTokenType.Number) return new() { Ids = [ReadIds(ref reader)] };

        var kind = reader.TokenType;
        List<string> texts = [];
        List<int[]> ids = [];
        for (; reader.TokenType != JsonTokenType.EndArray; Next(ref reader))
        {
            if (reader.TokenType != kind) throw new JsonFieldException("of the same kind as the items before it");
            if (kind == JsonTokenType.String) texts.Add(reader.GetString()!);
            else if (kind == JsonTokenType.StartArray) ids.Add(ReadList(ref reader));
            else throw new JsonFieldException("a string or a list of token ids");
        }

        return kind == JsonTokenType.StartArray ? new() { Ids = [.. ids] } : new() { Texts = [.. texts] };
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => throw new NotSupportedException();

    private static int[] ReadList(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return ReadIds(ref reader);
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
