using System.Text.Json;

namespace ServiceDefaults.Tests;

internal static class JsonText
{
    public static JsonElement Parse(this string json) => JsonDocument.Parse(json).RootElement;
}
