using System.Text.Json.Nodes;
using ModelServer.Constraints.JsonSchema;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>Writes JSON as every grammar accepts it, without white space.</summary>
internal static class CanonicalJson
{
    public static string Write(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray array => $"[{string.Join(',', array.Select(Write))}]",
        JsonObject members => $"{{{string.Join(',', members.Select(m => $"{JsonText.Quoted(m.Key)}:{Write(m.Value)}"))}}}",
        JsonValue value when value.TryGetValue<string>(out var text) => JsonText.Quoted(text),
        _ => node.ToJsonString(),
    };
}
