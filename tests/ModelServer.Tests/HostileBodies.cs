using System.Text;

namespace ModelServer.Tests;

/// <summary>Bodies nobody should send, made from good ones: broken bytes, wrong types, absurd sizes and numbers, unknown and repeated fields.</summary>
internal sealed class HostileBodies(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "-0", "99999999999999999999", "2147483648", "\"\"", "\"a\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"",
        "\"\\uffff\"", "\"😀\"", "\"../../etc/passwd\"", "\"a:1:2\"", "\"%n%s\"", "[]", "[[]]", "[[[]]]", "[null]", "[\"\"]", "[1,\"a\"]", "[[1],[\"a\"]]", "[-1]", "[1e9]",
        "{}", "{\"text\":null}", "[{}]", "[{\"text\":\"a\",\"text\":\"b\"}]", "[{\"text\":{\"text\":\"a\"}}]", "NaN", "Infinity", "'a'", "undefined", "\"\\x\"", "\"", "[", "{", "]",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next(string[] fields, string good) => _random.Next(6) switch
    {
        0 => Corrupt(Encoding.UTF8.GetBytes(good)),
        1 => Encoding.UTF8.GetBytes(good)[.._random.Next(Encoding.UTF8.GetByteCount(good))],
        2 => Encoding.UTF8.GetBytes(Nested()),
        3 => Encoding.UTF8.GetBytes(Values[_random.Next(Values.Length)]),
        _ => Encoding.UTF8.GetBytes(Object(fields)),
    };

    private string Object(string[] fields)
    {
        var members = Enumerable.Range(0, _random.Next(1, fields.Length + 2)).Select(_ => $"\"{Field(fields)}\":{Value()}");
        return $"{{{string.Join(',', members)}}}";
    }

    private string Field(string[] fields) => _random.Next(20) == 0 ? "absent" : fields[_random.Next(fields.Length)];

    private string Value() => _random.Next(12) switch
    {
        0 => $"\"{new string((char)_random.Next('a', 'z'), _random.Next(1, 5_000))}\"",
        1 => $"[{string.Join(',', Enumerable.Repeat(Values[_random.Next(Values.Length)], _random.Next(1, 50)))}]",
        2 => $"\"{string.Concat(Enumerable.Range(0, _random.Next(1, 40)).Select(_ => char.ConvertFromUtf32(_random.Next(0x20000, 0x2FFFF))))}\"",
        _ => Values[_random.Next(Values.Length)],
    };

    private string Nested()
    {
        var depth = _random.Next(1, 2_000);
        var open = _random.Next(2) == 0 ? "[" : "{\"input\":";
        return string.Concat(Enumerable.Repeat(open, depth)) + "1" + (_random.Next(2) == 0 ? string.Concat(Enumerable.Repeat(open == "[" ? "]" : "}", depth)) : "");
    }

    private byte[] Corrupt(byte[] body)
    {
        for (var i = _random.Next(1, 6); i > 0; i--) body[_random.Next(body.Length)] = (byte)_random.Next(256);
        return body;
    }
}
