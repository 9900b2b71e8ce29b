using System.Text.Json.Nodes;

namespace AppHost.Tests.Docs;

/// <summary>Makes bodies wrong in one place, in ways that clients and scanners do.</summary>
internal sealed class MutatedBody(Random random)
{
    // Places for what no JSON value here can hold.
    private static readonly Dictionary<string, string> Raw = new()
    {
        ["#huge"] = "1e400",
        ["#digits"] = new('9', 400),
        ["#minus"] = "-0",
        ["#half"] = "1.5",
        ["#lone"] = "\"\\ud800\"",
        ["#nul"] = "\"a\\u0000b\"",
        ["#deep"] = new string('[', 100) + new string(']', 100),
        ["#nest"] = string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200),
        ["#bad"] = "\"\\x\"",
        ["#raw"] = "\"a\u0001b\"",
    };

    private static readonly Func<JsonNode?>[] Odd =
    [
        () => null, () => true, () => 0, () => -1, () => 3_000_000_000, () => 1.5, () => "", () => "7", () => new string('x', 20_000), () => "\u202eevil\u0000", () => new JsonArray(),
        () => new JsonArray(new JsonArray(new JsonArray())), () => new JsonArray(1, "a", null), () => new JsonObject(), () => new JsonObject { ["text"] = 1 },
        .. Raw.Keys.Select(key => (Func<JsonNode?>)(() => key)),
    ];

    private static readonly string[] Members = ["extra", "TEXT", "Model", "stream ", "__proto__", "", "max_min", "💥", "n_probs", "metadata", "tools", "user"];

    /// <returns>The text, and the value where the text is JSON that says it exactly.</returns>
    public (string Text, JsonNode? Value) Of(JsonNode? body)
    {
        if (random.Next(6) == 0) return (Broken(body?.ToJsonString() ?? "null"), null);
        var root = new JsonObject { ["body"] = body?.DeepClone() };
        Change(root);
        var text = root["body"]?.ToJsonString() ?? "null";
        var exact = text;
        foreach (var (key, raw) in Raw) text = text.Replace($"\"{key}\"", raw, StringComparison.Ordinal);
        return (text, text == exact ? root["body"] : null);
    }

    private void Change(JsonNode root)
    {
        var places = Places(root).ToArray();
        var (parent, key) = places[random.Next(places.Length)];
        var value = parent is JsonArray list ? list[(int)key] : parent[(string)key];
        switch (random.Next(4))
        {
            case 0 when parent is JsonObject o && parent != root: o.Remove((string)key); break;
            case 1 when value is JsonObject o: o[Members[random.Next(Members.Length)]] = Odd[random.Next(Odd.Length)](); break;
            case 2 when parent is JsonArray a && a.Count < 50:
                for (var i = 0; i < 40; i++) a.Add(value?.DeepClone());
                break;
            default:
                var odd = Odd[random.Next(Odd.Length)]();
                if (parent is JsonArray items) items[(int)key] = odd;
                else parent[(string)key] = odd;
                break;
        }
    }

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p => (p.Value is null ? [] : Places(p.Value)).Prepend((o, p.Key))),
        JsonArray a => a.SelectMany((v, i) => (v is null ? [] : Places(v)).Prepend((a, (object)i))),
        _ => [],
    };

    private string Broken(string text) => random.Next(9) switch
    {
        0 => "",
        1 => text[..(text.Length / 2)],
        2 => text + text,
        3 => text[..^1] + ",}",
        4 => "\ufeff" + text,
        5 => "// comment\n" + text,
        6 when text.StartsWith("{\"", StringComparison.Ordinal) => string.Concat("{", text.AsSpan(1, text.Length - 2), ",", text.AsSpan(1)),
        7 => text.Replace('"', '\''),
        _ => "{\"a\":NaN}",
    };
}
