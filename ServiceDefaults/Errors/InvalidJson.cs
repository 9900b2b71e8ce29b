using System.Text.Json;

namespace ServiceDefaults.Errors;

/// <summary>The status for JSON that is well formed but has a field of the wrong type or name; 400 where an endpoint does not say.</summary>
internal sealed record InvalidFieldStatus(int Status);

/// <summary>Says what is wrong with a JSON body. The serializer's own messages are not repeated: they name our types and quote the caller.</summary>
internal static class InvalidJson
{
    private const int MaxParamLength = 100;

    public static ApiError ToError(JsonException json, InvalidFieldStatus? invalidField)
    {
        var where = json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine})" : "";
        if (IsMalformed(json)) return new ApiError(400, $"The body is not well-formed JSON{where}.") { Code = "invalid_json" };

        var status = invalidField?.Status ?? 400;
        return Param(json.Path) is { } param
            ? new ApiError(status, $"The field '{param}' is unknown or has a wrong type{where}.") { Code = "field_invalid", Param = param }
            : new ApiError(status, $"The body lacks a required field or is not the kind of JSON this route takes{where}.") { Code = "field_invalid" };
    }

    // The serializer wraps what its tokenizer threw, itself a JsonException; everything else it found wrong was well formed.
    private static bool IsMalformed(JsonException json) => json.GetType() != typeof(JsonException) || json.InnerException is JsonException;

    private static string? Param(string? path)
    {
        if (path is null or "$") return null;
        var param = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..];
        return param.Length <= MaxParamLength ? param : param[..MaxParamLength];
    }
}
