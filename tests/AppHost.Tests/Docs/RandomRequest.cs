using System.Text;

namespace AppHost.Tests.Docs;

/// <summary>A request that the document led to.</summary>
/// <param name="Body">The body as text, for whoever has to repeat the request.</param>
/// <param name="MustFail">Why the document says that it cannot succeed, or null.</param>
internal sealed record DocumentedRequest(ApiOperation Operation, HttpRequestMessage Message, string? Body, string? MustFail) : IDisposable
{
    public void Dispose() => Message.Dispose();

    public override string ToString() => $"{Message.Method} {Message.RequestUri} {Message.Content?.Headers.ContentType} {(Body is { Length: > 400 } ? Body[..400] + "…" : Body)}";
}

/// <summary>Makes requests to one operation: right ones, and some with one thing wrong.</summary>
/// <param name="token">A token that may do everything.</param>
/// <param name="powerless">A token that may do nothing.</param>
internal sealed class RandomRequest(ApiDocument document, string token, string powerless, Random random)
{
    private static readonly string[] Names = ["sentiment", "stories:1", "absent", "a%2Fb", "%F0%9F%92%A5", "%00", "a%20b", "*", "1:2:3", "sentiment:", new('x', 300), new('x', 9_000)];
    private static readonly string[] Days = ["2030-01-31", "2024-02-30", "x", "", "0001-01-01", "9999-12-31", "%00", "2030-01-31&day=2030-02-01"];
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    private static readonly string?[] Types = [null, "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "multipart/form-data; boundary=x", "application/jsonx"];
    private static readonly (string Name, string Value)[] Headers =
    [
        ("x-deadline-ms", "30000"), ("x-deadline-ms", "x"), ("x-deadline-ms", "-1"), ("x-deadline-ms", "99999999999999999999"), ("x-priority", "interactive"), ("x-priority", "batch"), ("x-priority", "high"),
        ("x-request-id", "a b;c"), ("x-request-id", new string('r', 500)), ("Cache-Control", "no-store"), ("Cache-Control", "no-cache, max-age=x"), ("Accept", "text/html"), ("Accept", "x"),
        ("Accept-Encoding", "gzip;q=nonsense"), ("Origin", "https://elsewhere.invalid"), ("Expect", "100-continue"), ("If-None-Match", "*"), ("Range", "bytes=0-1"), ("X-Forwarded-For", "::1"),
    ];

    private static readonly string[] Codings = ["gzip", "br", "deflate", "zstd", "identity", "gzip, gzip", "x"];
    private readonly SchemaCheck _check = new(document);

    public DocumentedRequest Of(ApiOperation operation)
    {
        var method = operation.Method;
        string? mustFail = null, authorization = operation.IsOpen ? null : token;
        var (body, contentType) = ((string?)null, "application/json");
        if (operation.RequestSchema is { } schema)
        {
            var value = new RandomValue(document, random).Of(schema, example: operation.RequestExample);
            body = value?.ToJsonString() ?? "null";
            // What can be told from the text itself: a mutation may well make another right body.
            if (random.Next(2) == 0)
            {
                (body, var changed) = new MutatedBody(random).Of(value);
                if (changed is not null) mustFail = _check.Fault(changed, schema);
                // One that is wrong fails alone, among the results.
                if (operation.Id == "generateBatch" && mustFail?.StartsWith("$.requests[", StringComparison.Ordinal) == true) mustFail = null;
            }
        }

        switch (random.Next(16))
        {
            // Clients of Triton name no type: its routes look at none.
            case 0 when body is not null && !operation.Path.StartsWith("/v2/repository", StringComparison.Ordinal) && !operation.Path.StartsWith("/v2/models", StringComparison.Ordinal):
                contentType = Types[random.Next(Types.Length)];
                mustFail ??= contentType?.StartsWith("application/json;", StringComparison.Ordinal) == true ? null : "it is not JSON";
                break;
            case 1 when Methods.Except(document.MethodsOf(operation.Path)).ToArray() is { Length: > 0 } others:
                (method, mustFail) = (others[random.Next(others.Length)], "the path has no such method");
                break;
            case 2 when method == "GET": method = "HEAD"; break;
            case 3 when authorization is not null: (authorization, mustFail) = (null, "it has no token"); break;
            case 4 when authorization is not null: (authorization, mustFail) = (random.Next(2) == 0 ? powerless : "nonsense", "its token does not do"); break;
        }

        var message = new HttpRequestMessage(new HttpMethod(method), Address(operation));
        if (random.Next(8) == 0 && Headers[random.Next(Headers.Length)] is var (header, said)) message.Headers.TryAddWithoutValidation(header, said);
        if (authorization is not null) message.Headers.Authorization = new("Bearer", authorization);
        if (body is not null && method is not ("GET" or "HEAD"))
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            if (random.Next(30) == 0) message.Content.Headers.TryAddWithoutValidation("Content-Encoding", Codings[random.Next(Codings.Length)]);
        }

        return new(operation, message, body, mustFail);
    }

    private string Address(ApiOperation operation)
    {
        var query = new List<string>();
        var path = operation.Path;
        foreach (var parameter in operation.Parameters)
        {
            var name = (string)parameter["name"]!;
            if ((string)parameter["in"]! == "path") path = path.Replace($"{{{name}}}", Names[random.Next(2) * random.Next(Names.Length)], StringComparison.Ordinal);
            else if (random.Next(3) > 0) query.Add($"{name}={(name == "day" ? Days[random.Next(Days.Length)] : Names[random.Next(Names.Length)])}");
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }
}
