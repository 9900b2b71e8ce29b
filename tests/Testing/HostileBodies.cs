using System.Text;

namespace Testing;

/// <summary>
/// Bodies that no client should send, made from one that is good: broken bytes, wrong types, absurd sizes and numbers,
/// hard texts, unknown and repeated fields. The same seed gives the same bodies for ever.
/// </summary>
public sealed class HostileBodies(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "-0", "1.5", "1e400", "-1e-400", "2147483648", "9223372036854775808", "123456789012345678901234567890",
        "\"\"", "\" \"", "\"a\"", "\"\\u0000\"", "\"\\uffff\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ufeff\\u202e\\u200b\"", "\"a\\nb\\r\\nc\"",
        "\"💥👩‍👩‍👧‍👦\"", "\"../../etc/passwd\"", "\"<script>\"", "\"%n%s\"", "\"a:1:2\"", "\"tiny:999\"", "\"tiny:\"", "\"base64\"",
        "[]", "[[]]", "[[[]]]", "[null]", "[\"\"]", "[1,2,3]", "[1,\"a\"]", "[-1]", "[1e9]", "[9999999]", "[[1],[2,\"x\"]]", "[[\"a\",\"b\",\"c\"]]",
        "{}", "[{}]", "{\"a\":{\"b\":[]}}", "{\"text\":null}", "[{\"text\":\"a\",\"text\":\"b\"}]", "[{\"text\":{\"text\":\"a\"}}]",
        "NaN", "Infinity", "undefined", "'x'", "\"\\x\"", "\"", "[", "{", "]",
    ];

    /// <summary>Fields that one route or another knows.</summary>
    private static readonly string[] Known =
    [
        "text", "model", "max_length", "input", "top_k", "truncate", "query", "documents", "ids", "encoding_format", "dimensions", "prompt", "messages", "stream",
    ];

    private readonly Random _random = new(seed);

    /// <param name="valid">A body that the route takes; the word TEXT in it stands for a text.</param>
    /// <param name="fields">Those of the route; those of all routes when none are named.</param>
    public byte[] Next(string valid, params string[] fields)
    {
        var names = fields is [] ? Known : fields;
        return _random.Next(14) switch
        {
            0 => Encoding.UTF8.GetBytes(valid)[.._random.Next(Encoding.UTF8.GetByteCount(valid))],
            1 => Corrupt(Encoding.UTF8.GetBytes(valid)),
            2 => Encoding.UTF8.GetBytes(Nested(_random.Next(1, 3_000))),
            3 => Encoding.UTF8.GetBytes(Value()),
            4 => Noise(_random.Next(0, 400)),
            5 => Encoding.UTF8.GetBytes(Replace(valid, names)),
            6 => Encoding.UTF8.GetBytes(Replace(Replace(valid, names), names)),
            7 => Encoding.UTF8.GetBytes($"{valid[..^1]},{valid[1..^1]},{Object(names)[1..]}"),
            8 => Encoding.UTF8.GetBytes(valid.Replace("TEXT", Text(), StringComparison.Ordinal)),
            9 => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(valid)],
            10 => Encoding.UTF8.GetBytes(valid + Value()),
            _ => Encoding.UTF8.GetBytes(Object(names)),
        };
    }

    private string Value() => _random.Next(12) switch
    {
        0 => $"\"{Text()}\"",
        1 => $"[{string.Join(',', Enumerable.Repeat(Values[_random.Next(Values.Length)], _random.Next(0, 50)))}]",
        _ => Values[_random.Next(Values.Length)],
    };

    private string Object(string[] names)
        => $"{{{string.Join(',', Enumerable.Range(0, _random.Next(0, names.Length + 2)).Select(_ => $"\"{Name(names)}\":{Value()}"))}}}";

    private string Name(string[] names) => _random.Next(20) switch { 0 => "absent", 1 => "", _ => names[_random.Next(names.Length)] };

    /// <summary>Another value for one field, behind which the body ends; or the field before all others.</summary>
    private string Replace(string body, string[] names)
    {
        var name = names[_random.Next(names.Length)];
        var at = body.IndexOf($"\"{name}\":", StringComparison.Ordinal);
        return at < 0 ? body.Insert(1, $"\"{name}\":{Value()},") : $"{body[..(at + name.Length + 3)]}{Value()}}}";
    }

    /// <summary>Hard texts: long words, long runs of one mark, broken surrogates, controls, letters beyond the first plane.</summary>
    private string Text() => _random.Next(7) switch
    {
        0 => new string((char)_random.Next('a', 'z' + 1), _random.Next(1, 60_000)),
        1 => string.Concat(Enumerable.Repeat("e\u0301\u0302\u0303", _random.Next(1, 3_000))),
        2 => string.Concat(Enumerable.Repeat("[SEP] [MASK] ", _random.Next(1, 500))),
        3 => string.Concat(Enumerable.Repeat("\\ud83d", _random.Next(1, 500))),
        4 => string.Concat(Enumerable.Range(0, _random.Next(1, 500)).Select(_ => $"\\u{_random.Next(0x10000):x4}")),
        5 => string.Concat(Enumerable.Range(0, _random.Next(1, 40)).Select(_ => char.ConvertFromUtf32(_random.Next(0x20000, 0x2FFFF)))),
        _ => string.Concat(Enumerable.Repeat("漢字かな", _random.Next(1, 3_000))),
    };

    /// <summary>Arrays or objects in one another, closed or not.</summary>
    private string Nested(int depth)
    {
        var (open, close) = _random.Next(2) == 0 ? ("[", "]") : ("{\"input\":", "}");
        return string.Concat(Enumerable.Repeat(open, depth)) + "1" + (_random.Next(2) == 0 ? string.Concat(Enumerable.Repeat(close, depth)) : "");
    }

    private byte[] Corrupt(byte[] body)
    {
        for (var i = _random.Next(1, 6); i > 0; i--) body[_random.Next(body.Length)] = (byte)_random.Next(256);
        return body;
    }

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
