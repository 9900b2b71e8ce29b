using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ServiceDefaults.JsonBodies;

namespace ServiceDefaults.Errors;

/// <summary>The status for JSON that is well formed but has a field of the wrong type or name; 400 where an endpoint does not say.</summary>
internal sealed record InvalidFieldStatus(int Status);

/// <summary>Says what is wrong with a JSON text, and what would be right.</summary>
internal static class InvalidJson
{
    private const int MaxParamLength = 100;

    public static readonly ApiError Empty = new(400, "The body is empty; it must be a JSON object.") { Code = "body_empty" };
    public static readonly ApiError Null = new(400, "The body must be an object, not null.") { Code = FieldError.Invalid };

    /// <param name="fieldStatus">What is answered where a field is at fault.</param>
    public static ApiError ToError(ReadOnlySpan<byte> json, JsonTypeInfo type, JsonException thrown, int fieldStatus)
    {
        var fault = JsonFaults.Find(json, type, thrown);
        var where = thrown.LineNumber is { } line ? $" (line {line + 1}, byte {thrown.BytePositionInLine})" : "";
        var param = fault.Param is { Length: > MaxParamLength } path ? path[..MaxParamLength] : fault.Param;
        var subject = param is null ? "The body" : $"The field '{param}'";
        return fault.Kind switch
        {
            JsonFaultKind.Malformed => new(400, $"The body is not well-formed JSON{where}.") { Code = "invalid_json" },
            JsonFaultKind.NotUtf8 => new(400, $"{subject} is not UTF-8{where}.") { Code = "invalid_utf8", Param = param },
            JsonFaultKind.TooDeep => new(400, $"The body is nested too deep: more than {JsonFaults.Deepest(type)} levels{where}.") { Code = "nested_too_deep" },
            JsonFaultKind.Duplicate => new(400, $"{subject} is there twice{where}.") { Code = "field_duplicate", Param = param },
            JsonFaultKind.Unknown => Field($"{subject} is unknown{where}."),
            JsonFaultKind.LoneSurrogate => Field($"{subject} has a lone surrogate, which is no character{where}."),
            JsonFaultKind.OutOfRange => Field($"{subject} is out of range: it must be {fault.Expected}{where}."),
            // Of the right kind, and something in it is wrong.
            _ when fault.Expected is { } expected && fault.Given is { } given && expected.Contains(given, StringComparison.Ordinal) => Field($"{subject} must be {expected}{where}."),
            _ when fault.Expected is { } expected => Field($"{subject} must be {expected}, not {fault.Given}{where}."),
            _ when fault.Given is { } given => Field($"{subject} must not be {given}{where}."),
            _ => Field($"{subject} has a wrong type."),
        };

        ApiError Field(string message) => new(fieldStatus, message) { Code = FieldError.Invalid, Param = param };
    }
}
