using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServiceDefaults.JsonBodies;

/// <summary>Names what a field takes and what stands there, as the end of a sentence.</summary>
internal static class JsonWords
{
    private const string Text = "a string", Flag = "true or false", Whole = "a whole number", Number = "a number", List = "a list", Object = "an object";

    /// <summary>What a type takes, with the limits that it has by itself; null where only its converter knows.</summary>
    public static string? Expected(JsonTypeInfo? type) => Kind(type) is not Whole ? Kind(type)
        : Plain(type!) == typeof(int) ? $"{Whole} from {int.MinValue} to {int.MaxValue}"
        : Plain(type!) == typeof(long) ? $"{Whole} from {long.MinValue} to {long.MaxValue}"
        : Whole;

    /// <summary>What a type takes.</summary>
    public static string? Kind(JsonTypeInfo? type) => type switch
    {
        null => null,
        { Kind: JsonTypeInfoKind.Enumerable } => List,
        { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } => Object,
        _ when Plain(type) == typeof(string) => Text,
        _ when Plain(type) == typeof(bool) => Flag,
        _ when Plain(type) == typeof(int) || Plain(type) == typeof(long) => Whole,
        _ when Plain(type) == typeof(float) || Plain(type) == typeof(double) => Number,
        _ when Plain(type) == typeof(DateTimeOffset) => "a date and time in a string",
        _ => null,
    };

    /// <summary>What stands there, where <paramref name="type"/> was to be read.</summary>
    public static string Given(ref Utf8JsonReader reader, JsonTypeInfo? type) => reader.TokenType switch
    {
        JsonTokenType.String => Text,
        JsonTokenType.Number when Kind(type) is Whole && reader.ValueSpan.ContainsAny(".eE"u8) => "one with a fraction or an exponent",
        JsonTokenType.Number => reader.ValueSpan.ContainsAny(".eE"u8) ? Number : Whole,
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray or JsonTokenType.EndArray => List,
        _ => Object,
    };

    private static Type Plain(JsonTypeInfo type) => Nullable.GetUnderlyingType(type.Type) ?? type.Type;
}
