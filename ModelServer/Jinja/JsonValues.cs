using System.Text.Json;

namespace ModelServer.Jinja;

/// <summary>Values of JSON as a template sees them.</summary>
internal static class JsonValues
{
    /// <param name="json">The value.</param>
    /// <param name="isGiven">Whether its texts are a caller's.</param>
    public static object? Read(JsonElement json, bool isGiven) => json.ValueKind switch
    {
        JsonValueKind.String => new JinjaText(json.GetString()!, isGiven),
        JsonValueKind.Number => json.TryGetInt64(out var whole) && json.GetRawText().AsSpan().IndexOfAny(".eE") < 0 ? whole : (object)json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => new JinjaList([.. json.EnumerateArray().Select(i => Read(i, isGiven))]),
        JsonValueKind.Object => ReadObject(json, isGiven),
        _ => null,
    };

    private static JinjaDict ReadObject(JsonElement json, bool isGiven)
    {
        var dict = new JinjaDict();
        foreach (var member in json.EnumerateObject()) dict.Set(new JinjaText(member.Name, isGiven), Read(member.Value, isGiven));
        return dict;
    }
}
