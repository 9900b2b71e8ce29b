using System.Text;

namespace Benchmarks.Scenarios;

/// <summary>Bodies that no client should send, from a seed: the same number gives the same body for ever.</summary>
internal sealed class HostileBodies(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "-1e-400", "9223372036854775808", "123456789012345678901234567890", "1.5", "\"\"", "\" \"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ufeff\\u202e\\u200b\"", "\"../../etc/passwd\"", "\"a\\nb\\r\\nc\"", "\"<script>\"", "\"tiny:999\"", "\"tiny:\"",
        "\"💥👩‍👩‍👧‍👦\"", "[]", "{}", "[null]", "[[]]", "[[\"a\",\"b\",\"c\"]]", "[\"\"]", "[1,2,3]", "[-1]", "[9999999]", "[[1],[2,\"x\"]]", "{\"a\":{\"b\":[]}}", "\"base64\"", "NaN", "'x'",
    ];

    private static readonly string[] Names =
        ["text", "model", "max_length", "input", "top_k", "truncate", "query", "documents", "ids", "encoding_format", "dimensions", "prompt", "messages", "stream", "unknown", ""];

    private readonly Random _random = new(seed);

    /// <param name="valid">A body that the route takes.</param>
    public byte[] Next(string valid) => _random.Next(12) switch
    {
        0 => Cut(valid),
        1 => Flip(valid),
        2 => Encoding.UTF8.GetBytes(Object(_random.Next(1, 6))),
        3 => Encoding.UTF8.GetBytes(Value()),
        4 => Encoding.UTF8.GetBytes(Nested(_random.Next(1, 3000))),
        5 => Noise(_random.Next(0, 400)),
        6 => Encoding.UTF8.GetBytes(Replace(valid)),
        7 => Encoding.UTF8.GetBytes(Replace(Replace(valid))),
        8 => Encoding.UTF8.GetBytes(Duplicate(valid)),
        9 => Encoding.UTF8.GetBytes(valid.Replace("TEXT", Text(), StringComparison.Ordinal)),
        10 => [.. (byte[])[0xEF, 0xBB, 0xBF], .. Encoding.UTF8.GetBytes(valid)],
        _ => Encoding.UTF8.GetBytes(valid + Value()),
    };

    private string Value() => Values[_random.Next(Values.Length)];

    private string Object(int members)
        => "{" + string.Join(",", Enumerable.Range(0, members).Select(_ => $"\"{Names[_random.Next(Names.Length)]}\":{Value()}")) + "}";

    /// <summary>Another value for one member of the valid body.</summary>
    private string Replace(string body)
    {
        var name = Names[_random.Next(Names.Length - 1)];
        var at = body.IndexOf($"\"{name}\":", StringComparison.Ordinal);
        return at < 0 ? body.Insert(body.Length > 0 ? 1 : 0, $"\"{name}\":{Value()},") : body[..(at + name.Length + 3)] + Value() + "}";
    }

    private string Duplicate(string body) => body.Length < 2 ? body : body[..^1] + "," + body[1..^1] + "," + Object(1)[1..];

    /// <summary>Hard texts: long words, long runs of one mark, broken surrogates, controls.</summary>
    private string Text() => _random.Next(6) switch
    {
        0 => new string('a', _random.Next(1, 60_000)),
        1 => string.Concat(Enumerable.Repeat("e\u0301\u0302\u0303", _random.Next(1, 3000))),
        2 => string.Concat(Enumerable.Repeat("[SEP] [MASK] ", _random.Next(1, 500))),
        3 => string.Concat(Enumerable.Repeat("\\ud83d", _random.Next(1, 500))),
        4 => string.Concat(Enumerable.Range(0, _random.Next(1, 500)).Select(_ => $"\\u{_random.Next(0x10000):x4}")),
        _ => string.Concat(Enumerable.Repeat("漢字かな", _random.Next(1, 3000))),
    };

    private string Nested(int depth) => _random.Next(2) == 0
        ? new string('[', depth) + new string(']', depth)
        : string.Concat(Enumerable.Repeat("{\"text\":", depth)) + "1" + new string('}', depth);

    private byte[] Cut(string body) => Encoding.UTF8.GetBytes(body)[.._random.Next(body.Length)];

    private byte[] Flip(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var i = _random.Next(1, 5); i > 0; i--) bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
        return bytes;
    }

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
