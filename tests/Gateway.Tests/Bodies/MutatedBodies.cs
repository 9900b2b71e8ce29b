using System.Text;

namespace Gateway.Tests.Bodies;

/// <summary>Bodies of one route, some good, some nearly: names in other cases, escaped, twice or nested; values of other types and spellings; in any order, with
/// any white space, cut short, or in another encoding. The same seed gives the same bodies for ever.</summary>
internal sealed class MutatedBodies(int seed)
{
    private static readonly string[] Names = ["model", "max_tokens", "max_completion_tokens", "max_length", "n", "prompt", "best_of", "stream", "text", "messages", "requests", "metadata", "user"];

    private static readonly string[] Values =
    [
        "1", "2", "7", "0", "-1", "-0", "1.0", "1e3", "1E1", "2.5", "2147483647", "2147483648", "-2147483649", "9223372036854775808", "1e400", "01", "+1", ".5",
        "\"7\"", "\"\"", "\"m\"", "\"m:1\"", "\"\\u006d\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\u0000\"", "null", "true", "false", "NaN",
        "[]", "[\"a\",\"b\"]", "[1,2]", "[[1],[2,3]]", "[\"a\",[1]]", "[\"a\",null]", "{}", "{\"max_tokens\":9}", "{\"n\":3,\"model\":\"x\"}", "[{\"max_tokens\":9}]",
        "{\"a\":1,\"a\":2}", "[{\"max_length\":3}]", "[{\"text\":\"a\",\"max_length\":3},{\"text\":\"b\"}]", "[{\"text\":\"a\",\"model\":\"m\"},{\"text\":\"b\",\"model\":\"m\"}]",
        "[{\"text\":\"a\",\"MAX_LENGTH\":3,\"max_length\":4}]", "[{\"text\":\"a\",\"max_length\":3,\"max_length\":4}]", "[{\"text\":\"a\",\"stop\":{\"max_length\":9}},5,null]",
    ];

    private readonly Random _random = new(seed);

    /// <param name="members">A good body's.</param>
    public byte[] Next(params (string Name, string Value)[] members)
    {
        var body = members.ToList();
        for (var changes = _random.Next(4); changes > 0; changes--) Change(body);
        return Encode(Write(body));
    }

    private void Change(List<(string Name, string Value)> body)
    {
        var at = _random.Next(body.Count);
        var (name, value) = body[at];
        switch (_random.Next(8))
        {
            case 0:
                body[at] = (OtherCase(name), value);
                break;
            case 1:
                body[at] = (Escaped(name), value);
                break;
            case 2:
                body.Add((_random.Next(2) == 0 ? name : Escaped(name), Value()));
                break;
            case 3:
                body[at] = (_random.Next(2) == 0 ? "metadata" : "user", $"{{\"{name}\":{value}}}");
                break;
            case 4:
                body[at] = (name, Value());
                break;
            case 5:
                body.Insert(at, (Names[_random.Next(Names.Length)], Value()));
                break;
            case 6:
                body.Add((OtherCase(Names[_random.Next(Names.Length)]), Value()));
                break;
            default:
                _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(body));
                break;
        }
    }

    private string Value() => Values[_random.Next(Values.Length)];

    private string OtherCase(string name) => _random.Next(3) switch
    {
        0 => name.ToUpperInvariant(),
        1 => char.ToUpperInvariant(name[0]) + name[1..],
        _ => name.Replace("_", "", StringComparison.Ordinal),
    };

    private string Escaped(string name)
    {
        var at = _random.Next(name.Length);
        return $"{name[..at]}\\u{(int)name[at]:x4}{name[(at + 1)..]}";
    }

    private string Write(List<(string Name, string Value)> body)
    {
        var text = new StringBuilder(Space()).Append('{');
        for (var i = 0; i < body.Count; i++) text.Append(i > 0 ? "," : "").Append(Space()).Append('"').Append(body[i].Name).Append('"').Append(Space()).Append(':').Append(Space()).Append(body[i].Value);
        return text.Append(Space()).Append('}').Append(Space()).ToString();
    }

    private string Space() => _random.Next(12) switch { 0 => " ", 1 => "\r\n\t", 2 when _random.Next(40) == 0 => "/* a */", _ => "" };

    private byte[] Encode(string json) => _random.Next(40) switch
    {
        0 => Encoding.UTF8.GetBytes(json)[.._random.Next(json.Length)],
        1 => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)],
        2 => Encoding.Unicode.GetBytes(json),
        3 => Encoding.UTF8.GetBytes(json + "\0"),
        4 => Encoding.UTF8.GetBytes(json + json),
        5 => Encoding.UTF8.GetBytes(json.Replace("}", ",}", StringComparison.Ordinal)),
        6 => Encoding.UTF8.GetBytes($"[{json}]"),
        7 => Encoding.Latin1.GetBytes(json.Replace("a", "\u00e4", StringComparison.Ordinal)),
        _ => Encoding.UTF8.GetBytes(json),
    };
}
