using System.Text;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Edge;

/// <summary>What a client writes into its request never becomes a header, a request or an identity on the way to a model server.</summary>
public sealed class ReplicaLegTests
{
    private static readonly string Token = TestTokens.Create();

    [Theory]
    [InlineData("POST", "/predict", "x-request-id: a\tb\r\n", "{}")]
    [InlineData("POST", "/predict", "x-request-id: a%0d%0aX-Evil: 1\r\n", "{}")]
    [InlineData("POST", "/predict", "traceparent: 00-x\r\ntracestate: a=%0d%0aX-Evil:1\r\nbaggage: k=v%0d%0aX-Evil:1\r\n", "{}")]
    [InlineData("POST", "/predict", "", """{"text":"x","model":"a\r\nX-Evil: 1"}""")]
    [InlineData("POST", "/predict?a=%0d%0aX-Evil:%201%0d%0a%0d%0aGET%20/admin/models%20HTTP/1.1", "", "{}")]
    [InlineData("GET", "/v1/models/a%0d%0aX-Evil:%201", "", "")]
    [InlineData("GET", "/v1/models/a%0aX-Evil:%201%0a%0aGET%20/admin/models%20HTTP/1.1%0a%0a", "", "")]
    [InlineData("GET", "/v1/models/a%00b", "", "")]
    [InlineData("POST", "/predict", "Connection: close, authorization\r\n", "{}")]
    [InlineData("POST", "/predict", "Proxy-Authorization: Bearer evil\r\nX-Original-URL: /admin/models\r\nX-Rewrite-URL: /admin/models\r\nX-HTTP-Method-Override: DELETE\r\n", "{}")]
    [InlineData("POST", "/predict", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings\r\n", "{}")]
    [InlineData("POST", "/predict", "Trailer: Authorization\r\n", "{}")]
    public async Task Request_WithAnythingInIt_IsOneHonestRequestToTheReplica(string method, string path, string headers, string body)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using (var connection = await RawConnection.OpenAsync(gateway.Address))
        {
            var close = headers.Contains("Connection: close", StringComparison.Ordinal) ? "" : "Connection: close\r\n";
            await connection.SendAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\n{close}{headers}Content-Length: {body.Length}\r\n\r\n{body}");
            Assert.Contains(await connection.ReadStatusAsync(), new[] { 200, 400, 404 });
        }

        Assert.InRange(gateway.Replica.Count, 0, 1);
        foreach (var seen in gateway.Replica.Seen)
        {
            Assert.Matches("^/(predict|v1/models/)", seen.Path);
            Assert.Equal($"Bearer {Token}", seen.Headers["Authorization"]);
            Assert.DoesNotContain(seen.Headers.Keys, k => k.Contains("evil", StringComparison.OrdinalIgnoreCase) || k is "Proxy-Authorization" or "Upgrade");
            Assert.DoesNotContain(seen.Headers.Values, v => v.AsSpan().ContainsAny('\r', '\n', '\0'));
            Assert.Matches("^[A-Za-z0-9._:+/=-]+$", seen.Headers["x-request-id"]);
        }
    }

    [Fact]
    public async Task Address_ThatAClientClaims_IsReplacedByItsOwn()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Forwarded-Host", "evil.invalid");

        (await client.SendAsync(request)).EnsureSuccessStatusCode().Dispose();

        var headers = Assert.Single(gateway.Replica.Seen).Headers;
        Assert.DoesNotContain(headers, h => h.Value.Contains("203.0.113.7", StringComparison.Ordinal) || h.Value.Contains("evil", StringComparison.Ordinal));
    }
}
