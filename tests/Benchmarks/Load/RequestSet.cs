using System.Text;
using System.Text.Json;
using Benchmarks.Corpus;

namespace Benchmarks.Load;

/// <summary>A request for each text of a corpus, as the bytes that go over the wire.</summary>
internal sealed record RequestSet(byte[][] Requests, int[] Tokens)
{
    /// <param name="noCache">Ask for a fresh answer.</param>
    public static RequestSet Predict(TextCorpus corpus, string authority, string? token, string? extraHeader = null, bool noCache = true)
        => new(
            [.. corpus.Texts.Select(text => Post("/predict", authority, token, JsonSerializer.SerializeToUtf8Bytes(new { text }), extraHeader, noCache))],
            [.. corpus.Ids.Select(ids => ids.Length)]);

    public static byte[] Post(string path, string authority, string? token, byte[] body, string? extraHeader = null, bool noCache = true)
    {
        var head = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        if (noCache) head.Append("Cache-Control: no-cache\r\n");
        if (token is not null) head.Append($"Authorization: Bearer {token}\r\n");
        if (extraHeader is not null) head.Append(extraHeader).Append("\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }
}
