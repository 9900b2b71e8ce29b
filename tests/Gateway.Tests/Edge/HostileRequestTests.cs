using System.Net;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Testing;

namespace Gateway.Tests.Edge;

/// <summary>Requests that no honest client sends, byte by byte: each is refused with its code, and the gateway goes on serving.</summary>
public sealed class HostileRequestTests
{
    private static readonly string Token = TestTokens.Create();

    public static TheoryData<string, string, int> Malformed => new()
    {
        { "CL.TE", Post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), 400 },
        { "TE.CL", Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "8\r\nSMUGGLED\r\n0\r\n\r\n"), 400 },
        { "two lengths", Post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}"), 400 },
        { "length list", Post("Content-Length: 2, 2\r\n", "{}"), 400 },
        { "negative length", Post("Content-Length: -2\r\n", "{}"), 400 },
        { "hidden TE", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400 },
        { "TE not last", Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400 },
        { "TE with space before colon", Post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400 },
        { "obs-fold", Post("X-A: 1\r\n folded: 2\r\nContent-Length: 2\r\n", "{}"), 400 },
        { "bad chunk size", Post("Transfer-Encoding: chunked\r\n", "xyz\r\n{}\r\n0\r\n\r\n"), 400 },
        { "huge chunk size", Post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n{}\r\n0\r\n\r\n"), 400 },
        { "chunk without its end", Post("Transfer-Encoding: chunked\r\n", "2\r\n{}XX0\r\n\r\n"), 400 },
        { "NUL in a header", Post("X-A: a\0b\r\nContent-Length: 2\r\n", "{}"), 400 },
        { "bare CR in a header", Post("X-A: a\rX-B: b\r\nContent-Length: 2\r\n", "{}"), 400 },
        { "no name", Post(": a\r\nContent-Length: 2\r\n", "{}"), 400 },
        { "no host", "POST /predict HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400 },
        { "two hosts", Post("Host: other\r\nContent-Length: 2\r\n", "{}"), 400 },
        { "unknown version", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505 },
        { "no HTTP", "hello there\r\n\r\n", 400 },
        { "long line", $"GET /{new string('a', 9000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414 },
        { "large header", Post($"X-A: {new string('a', 40_000)}\r\n", ""), 431 },
        { "many headers", Post(string.Concat(Enumerable.Range(0, 80).Select(i => $"X-{i}: 1\r\n")), ""), 431 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Request_ThatIsMalformed_IsRefusedAndReachesNoReplica(string what, string request, int expected)
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsJsonAsync(new { });
        };
        await using (var connection = await RawConnection.OpenAsync(gateway.Address))
        {
            await connection.SendAsync(request);
            var status = await connection.ReadStatusAsync();
            Assert.True(status == expected, $"{what}: {status}");
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(gateway.Replica.Seen, r => r.Path != "/predict");
    }

    [Theory]
    [InlineData("/v1/../usage/1")]
    [InlineData("/v1/%2e%2e/usage/1")]
    [InlineData("/v1/.%2e/usage/1")]
    [InlineData("/v1/%252e%252e/usage/1")]
    [InlineData("/v1/..%2fusage/1")]
    [InlineData("/v1/..%5cusage%5c1")]
    [InlineData("/v1/..\\usage\\1")]
    [InlineData("/v1/..;/usage/1")]
    [InlineData("//usage/1")]
    [InlineData("/./usage/1")]
    [InlineData("/usage/1")]
    [InlineData("/%75sage/1")]
    [InlineData("/v2/../usage/1")]
    [InlineData("/v1//../../usage/1")]
    [InlineData("/health/../usage/1")]
    [InlineData("http://other.invalid/usage/1")]
    public async Task Path_ThatAimsAtAnUnlistedRoute_NeverGetsThere(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        await using var connection = await RawConnection.OpenAsync(gateway.Address);

        var host = path.StartsWith("http", StringComparison.Ordinal) ? "other.invalid" : "x";
        await connection.SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {Token}\r\nConnection: close\r\n\r\n");
        var status = await connection.ReadStatusAsync();

        Assert.Contains(status, new[] { 200, 400, 404 });
        Assert.All(gateway.Replica.Seen, r => Assert.Matches("^/v[12]/", r.Path));
        Assert.DoesNotContain(gateway.Replica.Seen, r => r.Path.Contains("/../", StringComparison.Ordinal));
    }

    /// <summary>Found by random requests: a tunnel through a model server failed, and the failure was put down to it.</summary>
    [Theory]
    [InlineData("CONNECT", "x:443")]
    [InlineData("CONNECT", "/predict")]
    [InlineData("TRACE", "/predict")]
    [InlineData("TRACE", "/v1/models")]
    public async Task TunnelOrEcho_IsRefused_AndNoReplicaIsBlamed(string method, string target)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Replicas:EjectAfter", "1"));
        await using (var connection = await RawConnection.OpenAsync(gateway.Address))
        {
            await connection.SendAsync($"{method} {target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\nConnection: close\r\n\r\n");
            // The server itself refuses a tunnel's address that has a path.
            Assert.Contains(await connection.ReadStatusAsync(), new[] { 400, 405 });
        }

        Assert.Equal(0, gateway.Replica.Count);
        await AssertServesAsync(gateway);
    }

    [Fact]
    public async Task Head_ThatNeverEnds_TimesOut()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Edge:HeadersTimeout", "00:00:00.3"));
        await using var connection = await RawConnection.OpenAsync(gateway.Address);

        await connection.SendAsync("POST /predict HTTP/1.1\r\nHost: x\r\nX-Slow: ");

        Assert.Equal(408, await connection.ReadStatusAsync());
        await AssertServesAsync(gateway);
    }

    [Fact]
    public async Task Body_ThatStalls_TimesOut()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("Edge:BodyGrace", "00:00:01.1"), ("Edge:BodyBytesPerSecond", "1000")]);
        gateway.Replica.Answer = context => context.Request.Body.CopyToAsync(Stream.Null);
        await using var connection = await RawConnection.OpenAsync(gateway.Address);

        await connection.SendAsync(Post("Content-Length: 1000\r\n", "{"));

        Assert.Equal(408, await connection.ReadStatusAsync());
        gateway.Replica.Answer = context => context.Response.WriteAsJsonAsync(new { });
        await AssertServesAsync(gateway);
    }

    private static async Task AssertServesAsync(GatewayHost gateway)
    {
        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string Post(string headers, string body) => $"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\n{headers}\r\n{body}";
}
