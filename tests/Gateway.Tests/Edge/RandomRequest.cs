using System.Text;

namespace Gateway.Tests.Edge;

/// <summary>One request from a seed: the same number gives the same bytes for ever, but for the token.</summary>
internal sealed class RandomRequest(int seed, string token)
{
    /// <summary>Routes that answer anybody.</summary>
    public static readonly string[] Open = ["/alive", "/ready", "/health", "/openapi/v1.json", "/console"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "X"];

    private static readonly string[] Paths =
    [
        "/predict", "/v1/classify", "/v1/models", "/v1/models/m", "/v1/completions", "/v1/embeddings", "/v2/models/m/infer", "/v2/repository/index", "/v2/repository/models/m/load",
        "/admin/keys", "/admin/usage", "/admin/replicas", "/admin/tokens/revoke", "/metrics", "/docs", "/", "*", "/v1/../admin/keys", "/v1/%2e%2e/admin/keys", "//predict", "/predict/",
        "/%70redict", "/predict?x=%00", "/v1/models/%ff%fe", "http://x/predict", "/admin/keys;/alive", "/alive/../admin/keys", "/alive%2f..%2fadmin/keys", .. Open,
    ];

    private static readonly string[] Headers =
    [
        "Content-Type: application/json", "Content-Type: text/plain", "Content-Length: 5", "Content-Length: -1", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked",
        "Expect: 100-continue", "Connection: keep-alive", "Connection: Upgrade", "Upgrade: websocket", "Upgrade: h2c", "X-Forwarded-For: 127.0.0.1", "Host: admin", "Cookie: a=b",
        "x-deadline-ms: -1", "x-deadline-ms: 99999999999999999999", "x-priority: root", "x-request-id: \u00e9", "Range: bytes=0-", "Accept-Encoding: *", "Origin: null",
        "Access-Control-Request-Method: POST", "Content-Encoding: gzip", "Authorization: Basic eDp5", "Authorization: Bearer sk-x", "Authorization: Bearer", "traceparent: 00-0-0-0",
    ];

    private static readonly string[] Bodies =
    [
        "", "{}", """{"text":"fine"}""", """{"input":["a","b"],"model":"m"}""", """{"prompt":"x","max_tokens":99999999999}""", """{"max_tokens":1e999,"n":-1}""", "[[[[[[", "null",
        """{"model":{"model":"m"}}""", """{"text":"\ud800"}""", "5\r\n{\"a\":\r\n0\r\n\r\n", "ffffffffffffffff\r\n", "GET /admin/keys HTTP/1.1\r\nHost: x\r\n\r\n",
    ];

    private readonly Random _random = new(seed);

    public byte[] Bytes()
    {
        var body = Pick(Bodies);
        var text = new StringBuilder($"{(_random.Next(4) == 0 ? Pick(Methods) : Pick(["GET", "POST"]))} {Pick(Paths)} HTTP/1.{(_random.Next(20) == 0 ? 0 : 1)}\r\nHost: x\r\n");
        if (_random.Next(3) == 0) text.Append("Authorization: Bearer ").Append(token).Append("\r\n");
        if (_random.Next(3) > 0) text.Append("Content-Type: application/json\r\n");
        for (var more = _random.Next(4); more > 0 && _random.Next(2) == 0; more--) text.Append(Pick(Headers)).Append("\r\n");
        if (_random.Next(8) > 0) text.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        var request = Encoding.Latin1.GetBytes(text.Append("Connection: close\r\n\r\n").Append(body).ToString()).ToList();
        for (var changes = _random.Next(3) == 0 ? _random.Next(1, 6) : 0; changes > 0 && request.Count > 0; changes--) Change(request);
        return [.. request];
    }

    private void Change(List<byte> request)
    {
        var at = _random.Next(request.Count);
        switch (_random.Next(6))
        {
            case 0: request[at] = (byte)_random.Next(256); break;
            case 1: request.RemoveRange(at, Math.Min(_random.Next(1, 20), request.Count - at)); break;
            case 2: request.Insert(at, (byte)"\r\n\0\t :/%;\u007f"[_random.Next(10)]); break;
            case 3: request.RemoveRange(at, request.Count - at); break;
            case 4: request.InsertRange(at, request.GetRange(0, _random.Next(request.Count))); break;
            default: request.InsertRange(at, Enumerable.Repeat((byte)_random.Next(32, 127), _random.Next(1, 300))); break;
        }
    }

    private string Pick(string[] all) => all[_random.Next(all.Length)];
}
