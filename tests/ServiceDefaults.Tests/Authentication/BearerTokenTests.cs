using System.Diagnostics.Metrics;
using System.IdentityModel.Tokens.Jwt;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

public sealed class BearerTokenTests
{
    [Fact]
    public async Task ValidToken_IsAccepted_AndItsSubjectRead()
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/secured", TestTokens.Create(subject: "alice"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("alice", await response.Content.ReadAsStringAsync());
    }

    public static TheoryData<string, string> Refused() => new()
    {
        { "no signature", TestTokens.Unsigned() },
        { "another key", TestTokens.Create(key: "another-0123456789abcdef0123456789abcdef0123456789abcdef0123456") },
        { "another issuer", TestTokens.Create(issuer: "https://elsewhere.invalid") },
        { "another audience", TestTokens.Create(audience: "somebody-else") },
        { "expired", TestTokens.Create(expires: DateTime.UtcNow.AddMinutes(-2)) },
        { "not yet valid", TestTokens.Create(expires: DateTime.UtcNow.AddHours(5)) },
        { "never expires", Sign(new JwtPayload(TestTokens.Issuer, TestTokens.Audience, [new("sub", "tester"), new("scope", "infer")], notBefore: null, expires: null)) },
        { "no issuer", Sign(new JwtPayload(null, TestTokens.Audience, [new("sub", "tester")], null, DateTime.UtcNow.AddHours(1))) },
        { "no audience", Sign(new JwtPayload(TestTokens.Issuer, null, [new("sub", "tester")], null, DateTime.UtcNow.AddHours(1))) },
        { "right key, other algorithm", TestToken(SecurityAlgorithms.HmacSha512) },
        { "changed payload", Tamper(TestTokens.Create("infer")) },
        { "not a token", "not-a-token" },
        { "empty", "" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task BadToken_IsRefusedWithoutDetail(string why, string token)
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/secured", token);

        Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, why);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("unauthorized", (await response.Content.ReadAsStringAsync()).Parse().GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("/secured?access_token={0}")]
    [InlineData("/secured?token={0}")]
    [InlineData("/secured?authorization=Bearer%20{0}")]
    public async Task Token_InTheQuery_IsNotRead(string path)
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, TestTokens.Create()));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/v1/nowhere")]
    [InlineData("/.env")]
    public async Task UnknownRoute_Is401Without_And404WithAToken(string path)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync(path, TestTokens.Create())).StatusCode);
    }

    [Fact]
    public async Task KnownRoute_OtherMethod_Is401Without_And405WithAToken()
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.PostAsync("/secured", new StringContent(""))).StatusCode);
        var response = await service.PostAsync("/secured", new StringContent(""), TestTokens.Create());
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("infer", "/infer", 200)]
    [InlineData("infer", "/models", 200)]
    [InlineData("infer", "/admin", 403)]
    [InlineData("models:read", "/models", 200)]
    [InlineData("models:read", "/infer", 403)]
    [InlineData("admin", "/admin", 200)]
    [InlineData("admin", "/infer", 403)]
    [InlineData("infer admin", "/admin", 200)]
    [InlineData("inferior", "/infer", 403)]
    [InlineData(null, "/infer", 403)]
    public async Task Scope_DecidesWhatATokenOpens(string? scope, string path, int expected)
    {
        await using var service = await StartAsync();
        Assert.Equal(expected, (int)(await service.GetAsync(path, TestTokens.Create(scope))).StatusCode);
    }

    [Fact]
    public async Task Token_SeenBefore_IsNotCheckedByTheFrameworkAgain()
    {
        await using var service = await StartAsync();
        var (checks, meters) = (0, service.Services.GetRequiredService<IMeterFactory>());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "aspnetcore.authentication.authenticate.duration") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref checks));
        listener.Start();

        var token = TestTokens.Create(subject: "alice");
        for (var i = 0; i < 3; i++) Assert.Equal("alice", await (await service.GetAsync("/secured", token)).Content.ReadAsStringAsync());

        Assert.Equal(1, checks);
    }

    [Theory]
    [InlineData("bearer {0}", 200)]
    [InlineData("Bearer   {0}", 200)]
    [InlineData("Basic {0}", 401)]
    [InlineData("{0}", 401)]
    [InlineData("Bearer {0}x", 401)]
    [InlineData("Bearer {0} {0}", 401)]
    [InlineData("Bearer {0}, Bearer {0}", 401)]
    public async Task Token_SeenBefore_IsKnownAsABearerTokenAlone(string header, int expected)
    {
        await using var service = await StartAsync();
        var token = TestTokens.Create();
        (await service.GetAsync("/secured", token)).EnsureSuccessStatusCode();
        var request = new HttpRequestMessage(HttpMethod.Get, "/secured");
        request.Headers.TryAddWithoutValidation("Authorization", string.Format(System.Globalization.CultureInfo.InvariantCulture, header, token));

        Assert.Equal(expected, (int)(await service.SendAsync(request, null)).StatusCode);
    }

    [Fact]
    public async Task OpenRoute_WithABadToken_StaysOpen()
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/alive", "not-a-token")).StatusCode);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapGet("/secured", (System.Security.Claims.ClaimsPrincipal user) => user.Subject());
        app.MapGet("/infer", () => "ok").RequireAuthorization(Scopes.Infer);
        app.MapGet("/models", () => "ok").RequireAuthorization(Scopes.ModelsRead);
        app.MapGet("/admin", () => "ok").RequireAuthorization(Scopes.Admin);
    });

    private static string TestToken(string algorithm)
        => Sign(new JwtPayload(TestTokens.Issuer, TestTokens.Audience, [new("sub", "tester")], null, DateTime.UtcNow.AddHours(1)), algorithm);

    private static string Sign(JwtPayload payload, string algorithm = SecurityAlgorithms.HmacSha256)
        => new JwtSecurityTokenHandler().WriteToken(new JwtSecurityToken(
            new JwtHeader(new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(TestTokens.SigningKey)), algorithm)), payload));

    private static string Tamper(string token)
    {
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parts[1])).Replace("\"infer\"", "\"admin\"", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(payload))}.{parts[2]}";
    }
}
