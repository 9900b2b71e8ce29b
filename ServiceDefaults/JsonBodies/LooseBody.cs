using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.BodyLimits;

namespace ServiceDefaults.JsonBodies;

/// <summary>Reads a small JSON object that may be left out, and whose content type clients forget.</summary>
public static class LooseBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <returns>An empty object where nothing came.</returns>
    /// <exception cref="RefusedBodyException">It is no JSON, or no object.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        if (buffer.Length == 0) return JsonDocument.Parse("{}").RootElement;
        buffer.Position = 0;
        try
        {
            var body = (await JsonDocument.ParseAsync(buffer, Strict, cancellationToken)).RootElement;
            return body.ValueKind == JsonValueKind.Object ? body : throw new RefusedBodyException(StatusCodes.Status400BadRequest, "invalid_json", "The body must be a JSON object, or be left out.");
        }
        catch (JsonException)
        {
            throw new RefusedBodyException(StatusCodes.Status400BadRequest, "invalid_json", "The body is not valid JSON, or breaks off.");
        }
    }

    /// <summary>A member that is true or false, or is not there.</summary>
    /// <exception cref="RefusedBodyException">It is something else.</exception>
    public static bool Flag(this JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw new RefusedBodyException(StatusCodes.Status400BadRequest, "field_invalid", $"{name} must be true or false."),
    };
}
