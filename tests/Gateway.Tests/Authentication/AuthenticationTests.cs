using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Authentication;

public sealed class AuthenticationTests
{
    public static TheoryData<string, string?> BadTokens => new()
    {
        { "none", null },
        { "garbage", "not.a.token" },
        { "wrong key", TestTokens.Create(key: "another-key-0123456789abcdef0123456789abcdef0123456789abcdef0123") },
        { "expired", TestTokens.Create(expires: DateTime.UtcNow.AddMinutes(-5)) },
        { "alg none", TestTokens.Unsigned() },
        { "wrong audience", TestTokens.Create(audience: "someone-else") },
        { "wrong issuer", TestTokens.Create(issuer: "https://else.invalid") },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Predict_WithoutAValidToken_IsRefusedBeforeAnyReplica(string why, string? token)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(token);

        foreach (var path in new[] { "/predict", "/v1/classify", "/v1/models", "/v2/models/m/infer", "/nowhere" })
        {
            using var response = await client.PostAsync(path, new StringContent("""{"text":"x"}""", MediaTypeHeaderValue.Parse("application/json")));
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{path} with {why}: {response.StatusCode}");
        }

        Assert.Equal(0, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("infer", "POST", "/predict", 200)]
    [InlineData("infer", "POST", "/v1/classify", 200)]
    [InlineData("infer", "GET", "/v1/models", 200)]
    [InlineData("infer", "GET", "/v1/models/sentiment:1", 200)]
    [InlineData("infer", "POST", "/v2/repository/models/m/load", 403)]
    [InlineData("models:read", "GET", "/v1/models", 200)]
    [InlineData("models:read", "POST", "/v1/models", 403)]
    [InlineData("models:read", "POST", "/predict", 403)]
    [InlineData("models:read", "POST", "/v2/repository/index", 200)]
    [InlineData("admin", "POST", "/v2/repository/models/m/unload", 503)]
    [InlineData("models:read", "GET", "/v2", 200)]
    [InlineData("models:read", "GET", "/v2/models/m", 200)]
    [InlineData("models:read", "POST", "/v2/models/m/infer", 403)]
    [InlineData("infer", "POST", "/v2/models/m/infer", 200)]
    [InlineData("admin", "GET", "/v2/models/m", 403)]
    [InlineData("admin", "POST", "/predict", 403)]
    [InlineData("metrics", "POST", "/v1/classify", 403)]
    [InlineData(null, "POST", "/predict", 403)]
    [InlineData(null, "GET", "/nowhere", 404)]
    public async Task Route_GivenScope_AllowsOrForbids(string? scope, string method, string path, int expected)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(TestTokens.Create(scope));

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "GET" ? null : JsonContent.Create(new { text = "x" }) });

        Assert.Equal(expected, (int)response.StatusCode);
        // Listings of models are the gateway's own answer.
        Assert.Equal(expected == 200 && !path.StartsWith("/v1/models", StringComparison.Ordinal) && !path.StartsWith("/v2/repository", StringComparison.Ordinal) ? 1 : 0, gateway.Replica.Count);
    }

    [Fact]
    public async Task Token_OnItsWay_ReachesTheReplica()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var token = TestTokens.Create();
        using var client = gateway.CreateClient(token);

        using var response = await client.PredictAsync();

        Assert.Equal($"Bearer {token}", gateway.Replica.Seen.Single().Headers["Authorization"]);
    }
}
