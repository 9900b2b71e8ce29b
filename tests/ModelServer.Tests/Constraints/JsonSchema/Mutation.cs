using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>Changes a value at one place, or nowhere. The order of members stays.</summary>
internal sealed class Mutation(Random random)
{
    public JsonNode? Of(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members when members.Count > 0 && random.Next(3) > 0:
                var name = members.ElementAt(random.Next(members.Count)).Key;
                if (random.Next(3) == 0) members.Remove(name);
                else members[name] = Of(members[name]?.DeepClone());
                return members;
            case JsonObject members when random.Next(2) == 0:
                if (!members.ContainsKey("zz")) members["zz"] = random.Next(5);
                return members;
            case JsonArray items when items.Count > 0 && random.Next(4) > 0:
                var index = random.Next(items.Count);
                if (random.Next(4) == 0) items.RemoveAt(index);
                else if (random.Next(4) == 0) items.Add(items[index]?.DeepClone());
                else items[index] = Of(items[index]?.DeepClone());
                return items;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && random.Next(4) > 0:
                var text = value.GetValue<string>();
                return (JsonNode?)(random.Next(4) switch { 0 => text + "1", 1 => text.Length > 0 && !char.IsSurrogate(text[^1]) ? text[..^1] : "a", 2 => "b" + text, _ => text });
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number && random.Next(4) > 0:
                if (!decimal.TryParse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var number) || Math.Abs(number) > 1_000_000) return 7;
                number = Math.Round(number, 3);
                return (number + (random.Next(6) switch { 0 => 1m, 1 => -1m, 2 => 0.01m, 3 => -0.01m, 4 => 1000m, _ => -1000m })) switch { var n => JsonNode.Parse(Plain(n)) };
            default:
                return random.Next(6) switch { 0 => null, 1 => true, 2 => random.Next(100), 3 => "abc", 4 => new JsonArray(), _ => node };
        }
    }

    // An integer of ours has no zeros behind a point.
    private static string Plain(decimal number) => number.ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
}
