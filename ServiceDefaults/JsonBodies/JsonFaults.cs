using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.JsonBodies;

/// <summary>Finds out why the serializer refused a text, by reading it once more up to the place where that gave up. Its own words name our types and quote
/// the caller, and say less.</summary>
internal static class JsonFaults
{
    // The framework's, where nothing else is said.
    private const int DefaultDepth = 64;

    /// <summary>How many levels are read.</summary>
    public static int Deepest(JsonTypeInfo root) => root.Options.MaxDepth is 0 ? DefaultDepth : root.Options.MaxDepth;

    /// <param name="json">The text, at least as far as the serializer read it.</param>
    /// <param name="root">What it was to be read as.</param>
    public static JsonFault Find(ReadOnlySpan<byte> json, JsonTypeInfo root, JsonException thrown)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        var place = Place(json, thrown);
        var cursor = new JsonCursor(root);
        var deepest = Deepest(root);
        // Deeper than the serializer reads, so as to see that this is what it did not like.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = deepest + 1 });
        var isWhole = false;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= deepest && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) return new(JsonFaultKind.TooDeep);
                cursor.Pass(ref reader);
                if (reader.BytesConsumed >= place && !IsMalformed(thrown)) return cursor.Path is null && Member(thrown) is { } member ? FindMember(json, root, member, thrown) : Judge(ref reader, cursor, thrown);
            }

            isWhole = true;
        }
        catch (JsonException)
        {
        }
        catch (InvalidOperationException e)
        {
            return Unreadable(e, cursor);
        }

        // Of a value that is kept as it stands the serializer says no more than that it refused it.
        if (isWhole && cursor.Duplicate is { } name) return new(JsonFaultKind.Duplicate, name);
        var isText = Rune.DecodeFromUtf8(json[Math.Min(place, json.Length)..], out _, out _) != OperationStatus.InvalidData;
        return new(isText ? JsonFaultKind.Malformed : JsonFaultKind.NotUtf8);
    }

    /// <summary>Of a text that is in memory, the serializer reads some members last, and then names the member alone.</summary>
    private static JsonFault FindMember(ReadOnlySpan<byte> json, JsonTypeInfo root, string member, JsonException thrown)
    {
        var cursor = new JsonCursor(root);
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                cursor.Pass(ref reader);
                if (cursor.Path != member || reader.TokenType == JsonTokenType.PropertyName) continue;
                return thrown is JsonFieldException && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject ? new(JsonFaultKind.WrongType, member) : Judge(ref reader, cursor, thrown);
            }
        }
        catch (InvalidOperationException e)
        {
            return Unreadable(e, cursor);
        }

        return new(JsonFaultKind.WrongType, member);
    }

    private static string? Member(JsonException thrown) => thrown.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;

    // The serializer wraps what its tokenizer threw, itself a JsonException; everything else it found wrong was well formed.
    private static bool IsMalformed(JsonException thrown)
        => (thrown.GetType() != typeof(JsonException) && thrown is not JsonFieldException) || thrown.InnerException is JsonException and not JsonFieldException;

    private static int Place(ReadOnlySpan<byte> json, JsonException thrown)
    {
        var start = 0;
        for (var line = thrown.LineNumber ?? 0; line > 0 && json[start..].IndexOf((byte)'\n') is >= 0 and var end; line--) start += end + 1;
        return start + (int)(thrown.BytePositionInLine ?? 0);
    }

    private static JsonFault Judge(ref Utf8JsonReader reader, JsonCursor cursor, JsonException thrown)
    {
        // A name within the value that was refused, or the value's own: of a dictionary's, the second value is read before it is.
        var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
        if (cursor.Duplicate is { } twice && (twice == cursor.Path || (isEnd && twice.StartsWith(cursor.Path ?? "", StringComparison.Ordinal)))) return new(JsonFaultKind.Duplicate, twice);
        if (reader.TokenType == JsonTokenType.PropertyName) return new(JsonFaultKind.Unknown, cursor.Path);
        // Throws where it is none.
        if (reader.TokenType == JsonTokenType.String) reader.GetString();
        var (expected, given) = ((thrown as JsonFieldException)?.Expected ?? JsonWords.Expected(cursor.Type), JsonWords.Given(ref reader, cursor.Type));
        if (expected is null && cursor.Duplicate is { } within) return new(JsonFaultKind.Duplicate, within);
        var isHeldNumber = reader.TokenType == JsonTokenType.Number && given == JsonWords.Kind(cursor.Type);
        return new(isHeldNumber ? JsonFaultKind.OutOfRange : JsonFaultKind.WrongType, cursor.Path, expected, given);
    }

    private static JsonFault Unreadable(InvalidOperationException thrown, JsonCursor cursor)
        => new(thrown.InnerException is DecoderFallbackException ? JsonFaultKind.NotUtf8 : JsonFaultKind.LoneSurrogate, cursor.Path);
}
