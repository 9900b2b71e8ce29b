using System.Net;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Audit;

/// <summary>What is refused is in the audit log too, with its status and a reason, and without what was offered.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private static readonly string Good = TestTokens.Create(claims: new Dictionary<string, object> { ["jti"] = "t-1" });
    private readonly string _folder = Directory.CreateTempSubdirectory("refusal-test-").FullName;
    private readonly CapturedLog _log = new();
    private GatewayHost _gateway = null!;

    public static TheoryData<string, string?, string?> Tokens => new()
    {
        { "nothing", null, null },
        { "alg none", TestTokens.Unsigned(), "" },
        { "public key as secret", TestTokens.Create(key: "-----BEGIN PUBLIC KEY----- 0123456789abcdef0123456789abcdef"), "" },
        { "expired", TestTokens.Create(expires: DateTime.UtcNow.AddMinutes(-5)), "SecurityTokenExpiredException" },
        { "not yet valid", TestTokens.Create(expires: DateTime.UtcNow.AddHours(5)), "SecurityTokenNotYetValidException" },
        { "another issuer", TestTokens.Create(issuer: "https://else.invalid"), "SecurityTokenInvalidIssuerException" },
        { "another audience", TestTokens.Create(audience: "else"), "SecurityTokenInvalidAudienceException" },
        { "another key", TestTokens.Create(key: "another-key-0123456789abcdef0123456789abcdef0123456789abcdef0123"), "" },
        { "oversized", TestTokens.Create(claims: new Dictionary<string, object> { ["padding"] = new string('x', 9000) }), "too long" },
        { "truncated", Good[..^20], "" },
        { "head alone", Good.Split('.')[0], "not a token" },
        { "garbage", "not.a.token", "not a token" },
        { "unknown API key", $"sk-{new string('0', 24)}-{new string('A', 43)}", "API key" },
    };

    public async Task InitializeAsync() => _gateway = await GatewayHost.StartAsync(log: _log, settings: [("Audit:Folder", _folder), ("Edge:HeadersTimeout", "00:00:00.3")]);

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <param name="reason">What the line says of it; "" for any.</param>
    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Token_ThatIsRefused_LeavesALine(string what, string? token, string? reason)
    {
        using (var client = _gateway.CreateClient(token))
        using (var response = await client.PredictAsync())
            Assert.True(response.StatusCode == (reason == "API key" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Unauthorized), $"{what}: {response.StatusCode}");

        var line = await StopAndReadAsync();

        Assert.Equal(("POST", "/predict"), (line.GetProperty("method").GetString(), line.GetProperty("route").GetString()));
        Assert.False(line.TryGetProperty("subject", out _));
        Assert.False(line.TryGetProperty("body_sha256", out _));
        Assert.Equal("127.0.0.1", line.GetProperty("remote").GetString());
        if (reason is null or "API key") return;
        Assert.True(line.TryGetProperty("refused", out var said), what);
        if (reason != "") Assert.Equal(reason, said.GetString());
        Assert.Contains(_log.Lines, l => l.StartsWith("Refused a bearer token", StringComparison.Ordinal));
        AssertNothingOf(token!);
    }

    [Fact]
    public async Task Scope_ThatIsMissing_LeavesALineThatSaysWho()
    {
        using (var client = _gateway.CreateClient(Good))
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/admin/keys")).StatusCode);

        var line = await StopAndReadAsync();

        Assert.Equal((403, "tester", "t-1", "/admin/keys/"),
            (line.GetProperty("status").GetInt32(), line.GetProperty("subject").GetString(), line.GetProperty("token_id").GetString(), line.GetProperty("route").GetString()));
        AssertNothingOf(Good);
    }

    [Theory]
    [InlineData("two Authorization headers", "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nAuthorization: Bearer TOKEN\r\nConnection: close\r\n\r\n", 401)]
    [InlineData("ambiguous framing", "POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("no HTTP", "TOKEN\r\n\r\n", 400)]
    [InlineData("folded header", "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n TOKEN\r\n\r\n", 400)]
    [InlineData("bad chunk", "POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nxyz\r\n", 400)]
    [InlineData("head that never ends", "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-A: TOKEN", 408)]
    [InlineData("long line", "GET /LONG HTTP/1.1\r\nHost: x\r\n\r\n", 414)]
    [InlineData("large head", "GET / HTTP/1.1\r\nHost: x\r\nX-A: LONGLONGLONGLONGLONG\r\n\r\n", 431)]
    [InlineData("large body", "POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n", 413)]
    public async Task Request_ThatIsRefused_LeavesOneLine(string what, string request, int status)
    {
        await using (var connection = await RawConnection.OpenAsync(_gateway.Address))
        {
            await connection.SendAsync(request.Replace("TOKEN", Good, StringComparison.Ordinal).Replace("LONG", new string('a', 9000), StringComparison.Ordinal));
            Assert.True(await connection.ReadStatusAsync() == status, what);
        }

        Assert.Equal(status, (await StopAndReadAsync()).GetProperty("status").GetInt32());
        AssertNothingOf(Good);
        Assert.Equal(0, _gateway.Replica.Count);
    }

    [Fact]
    public async Task OpenRoutes_PagesAndQuestionsOfBrowsers_LeaveNone()
    {
        using (var client = _gateway.CreateClient())
        {
            foreach (var path in new[] { "/", "/health", "/ready", "/docs/index.html", "/openapi/v1.json" }) (await client.GetAsync(path)).EnsureSuccessStatusCode().Dispose();
            using var refused = await client.GetAsync("/v1/models");
        }

        Assert.Equal(401, (await StopAndReadAsync()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Lines_Exported_AreLogRecordsAsWell()
    {
        await using var gateway = await GatewayHost.StartAsync(log: _log, settings: ("Audit:Export", "true"));
        using (var client = gateway.CreateClient(Good)) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        await gateway.WaitUntilAsync(() => _log.Attributes.Any(a => a.Any(p => p is { Key: "audit.subject", Value: "tester" }) && a.Any(p => p is { Key: "audit.status", Value: 200 })));
    }

    /// <summary>The one line that was written; what was taken is written before the gateway ends. A client that is answered before its body was read, and hangs up, may
    /// leave a second one, of the server's own.</summary>
    private async Task<JsonElement> StopAndReadAsync()
    {
        await _gateway.DisposeAsync();
        var lines = File.ReadAllLines(Path.Combine(_folder, "audit.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        return Assert.Single(lines, l => lines.Length == 1 || l.GetProperty("route").GetString() != "other");
    }

    private void AssertNothingOf(string token)
    {
        var written = File.ReadAllText(Path.Combine(_folder, "audit.jsonl"));
        foreach (var part in token.Split('.').Where(p => p.Length > 20))
        {
            Assert.DoesNotContain(part[..20], written, StringComparison.Ordinal);
            Assert.DoesNotContain(_log.Lines, l => l.Contains(part[..20], StringComparison.Ordinal));
        }
    }
}
