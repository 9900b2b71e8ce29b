using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;

namespace Gateway.Tests.Authentication;

public sealed class ApiKeyTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private IRedisServer _redis = null!;
    private GatewayHost _gateway = null!;
    private HttpClient _admin = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_OpensWhatItsScopesSay_AndTheReplicaSeesATokenInstead(RedisKind kind)
    {
        await StartAsync(kind);
        var key = await CreateAsync(new { name = "batch job", subject = "team-a", tier = "developer", models = new[] { "sentiment" } });
        using var client = _gateway.CreateClient(key.GetProperty("key").GetString());

        using var allowed = await client.PredictAsync();
        using var forbidden = await client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Contains("developer", allowed.Headers.GetValues("RateLimit-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        var sent = _gateway.Replica.Seen.Single().Headers["Authorization"];
        Assert.DoesNotContain(key.GetProperty("key").GetString()!, sent, StringComparison.Ordinal);
        var token = new JsonWebToken(sent["Bearer ".Length..]);
        Assert.Equal(("team-a", "infer", "sentiment"), (token.Subject, token.GetPayloadValue<string>("scope"), token.GetPayloadValue<string>("models")));
        Assert.InRange(token.ValidTo, DateTime.UtcNow, DateTime.UtcNow.AddMinutes(6));
        using var again = _gateway.CreateClient(sent["Bearer ".Length..]);
        Assert.Equal(HttpStatusCode.OK, (await again.PredictAsync()).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_IsShownOnceAndKeptAsAHash(RedisKind kind)
    {
        await StartAsync(kind);
        var made = await CreateAsync(new { name = "k" });
        var secret = made.GetProperty("key").GetString()!.Split('-', 3)[2];

        var list = await _admin.GetStringAsync("/admin/keys");
        var connection = await _gateway.Services.GetRequiredService<RedisConnection>().Connecting;
        var stored = (string)(await connection.GetDatabase().HashGetAsync("api-keys", made.GetProperty("id").GetString()))!;

        Assert.Contains(made.GetProperty("id").GetString()!, list, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", list, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_Rotated_OpensWithItsNewSecretAlone(RedisKind kind)
    {
        await StartAsync(kind);
        var made = await CreateAsync(new { name = "k" });
        using var old = _gateway.CreateClient(made.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, (await old.PredictAsync()).StatusCode);

        using var rotated = await _admin.PostAsync($"/admin/keys/{made.GetProperty("id").GetString()}/rotate", null);
        using var fresh = _gateway.CreateClient((await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString());

        Assert.Equal(HttpStatusCode.Unauthorized, (await old.PredictAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fresh.PredictAsync()).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_Revoked_IsRefusedAtOnce_AndSoIsItsToken(RedisKind kind)
    {
        await StartAsync(kind);
        var made = await CreateAsync(new { name = "k" });
        using var client = _gateway.CreateClient(made.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, (await client.PredictAsync()).StatusCode);
        using var stolen = _gateway.CreateClient(_gateway.Replica.Seen.Single().Headers["Authorization"]["Bearer ".Length..]);
        Assert.Equal(HttpStatusCode.OK, (await stolen.PredictAsync()).StatusCode);

        using var revoked = await _admin.DeleteAsync($"/admin/keys/{made.GetProperty("id").GetString()}");

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var refused = await client.PredictAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await stolen.PredictAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _admin.DeleteAsync($"/admin/keys/{made.GetProperty("id").GetString()}")).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Keys_WhileRedisIsAway_WorkIfSeenLately_ElseAre503(RedisKind kind)
    {
        await StartAsync(kind);
        var (seen, unseen) = (await CreateAsync(new { name = "seen" }), $"sk-{new string('0', 24)}-{new string('A', 43)}");
        using var known = _gateway.CreateClient(seen.GetProperty("key").GetString());
        using var unknown = _gateway.CreateClient(unseen);
        Assert.Equal(HttpStatusCode.OK, (await known.PredictAsync()).StatusCode);
        _redis.Kill();

        using var stranger = await unknown.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, (await known.PredictAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stranger.StatusCode);
        Assert.NotNull(stranger.Headers.RetryAfter);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Keys_ThatAreWrong_AreRefused(RedisKind kind)
    {
        await StartAsync(kind);
        var made = (await CreateAsync(new { name = "k" })).GetProperty("key").GetString()!;
        var other = (await CreateAsync(new { name = "other" })).GetProperty("key").GetString()!;
        string[] wrong =
        [
            made[..^1], made + "A", made[..^1] + (made[^1] == 'A' ? 'B' : 'A'), made[..28] + other[28..], "sk-", "sk-x-y", made.ToUpperInvariant(),
            $"sk-{new string('0', 24)}-{new string('A', 43)}", $"sk-../../../etc/passwd-{new string('A', 43)}", "sk-" + new string('a', 5000),
        ];

        foreach (var key in wrong)
        {
            using var client = _gateway.CreateClient(key);
            using var response = await client.PredictAsync();
            Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, key);
        }
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Token_RevokedAtOneGateway_IsRefusedAtAnother_AndStaysSoWithoutRedis(RedisKind kind)
    {
        await StartAsync(kind);
        await using var other = await GatewayHost.StartAsync(settings: ("ConnectionStrings:cache", _redis.ConnectionString));
        var token = TestTokens.Create(claims: new Dictionary<string, object> { ["jti"] = "t-1" });
        using var here = _gateway.CreateClient(token);
        using var there = other.CreateClient(token);
        Assert.Equal(HttpStatusCode.OK, (await here.PredictAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.PredictAsync()).StatusCode);

        using var revoked = await _admin.PostAsJsonAsync("/admin/tokens/revoke", new { jti = "t-1" });

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await here.PredictAsync()).StatusCode);
        await other.WaitUntilAsync(async _ => (await there.PredictAsync()).StatusCode == HttpStatusCode.Unauthorized);
        _redis.Kill();
        Assert.Equal(HttpStatusCode.Unauthorized, (await there.PredictAsync()).StatusCode);
        // Back and empty, it is told again.
        await _redis.RestartAsync();
        var connection = await other.Services.GetRequiredService<RedisConnection>().Connecting;
        await other.WaitUntilAsync(async _ => connection.IsConnected && !(await connection.GetDatabase().HashGetAsync("revoked-tokens", "t-1")).IsNull);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Admin_RequestsThatAreWrong_Are422(RedisKind kind)
    {
        await StartAsync(kind);
        foreach (var body in new object[] { new { }, new { name = "" }, new { name = "k", scopes = new[] { "root" } }, new { name = "k", expires_in_hours = -1 }, new { name = "k", what = 1 } })
        {
            using var response = await _admin.PostAsJsonAsync("/admin/keys", body);
            Assert.Equal(422, (int)response.StatusCode);
        }

        using var plain = _gateway.CreateInferClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await plain.GetAsync("/admin/keys")).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_RotatedWhereItsDeletionIsNotKnownYet_Is404AndStaysDeleted(RedisKind kind)
    {
        await StartAsync(kind);
        await using var other = await GatewayHost.StartAsync(settings: ("ConnectionStrings:cache", _redis.ConnectionString));
        using var admin = other.CreateClient(TestTokens.Create("admin"));
        var made = await CreateAsync(new { name = "k" });
        var id = made.GetProperty("id").GetString();
        using var there = other.CreateClient(made.GetProperty("key").GetString());
        await other.WaitUntilAsync(async _ => (await there.PredictAsync()).StatusCode == HttpStatusCode.OK);
        (await _admin.DeleteAsync($"/admin/keys/{id}")).EnsureSuccessStatusCode().Dispose();

        using var rotated = await admin.PostAsync($"/admin/keys/{id}/rotate", null);

        Assert.Equal(HttpStatusCode.NotFound, rotated.StatusCode);
        Assert.DoesNotContain(id!, await _admin.GetStringAsync("/admin/keys"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.DeleteAsync($"/admin/keys/{id}")).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_OfAnUnknownTier_IsRefusedAndTheKnownOnesNamed(RedisKind kind)
    {
        await StartAsync(kind);
        foreach (var tier in new[] { "gold", "", "default ", "__proto__" })
        {
            using var response = await _admin.PostAsJsonAsync("/admin/keys", new { name = "k", tier });
            Assert.Equal(422, (int)response.StatusCode);
            var error = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("tier", error.GetProperty("param").GetString());
            Assert.Contains("tier must be one of default, developer.", error.ToString(), StringComparison.Ordinal);
        }

        await CreateAsync(new { name = "k", tier = "DEVELOPER" });
        await CreateAsync(new { name = "k", tier = (string?)null });
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_OfATierThatWasRemoved_IsRefused_AndATokenGetsTheDefault(RedisKind kind)
    {
        await StartAsync(kind, ("RateLimiting:Tiers:small:RequestsPerMinute", "5"));
        var made = await CreateAsync(new { name = "k", tier = "small" });
        var log = new CapturedLog();
        await using var later = await GatewayHost.StartAsync(log: log, settings: ("ConnectionStrings:cache", _redis.ConnectionString));
        using var key = later.CreateClient(made.GetProperty("key").GetString());
        using var token = later.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["tier"] = "small" }));
        await later.WaitUntilAsync(async _ => (await key.PredictAsync()).StatusCode != HttpStatusCode.ServiceUnavailable);

        for (var i = 0; i < 3; i++)
        {
            using var refused = await key.PredictAsync();
            using var allowed = await token.PredictAsync();

            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("tier_not_configured", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
            Assert.Contains("\"default\"", allowed.Headers.GetValues("RateLimit-Policy").Single(), StringComparison.Ordinal);
        }

        Assert.Equal(2, log.Lines.Count(l => l.Contains("The tier small is not configured", StringComparison.Ordinal)));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Key_ForNoModel_MayUseNone_AndOneWithoutAListAll(RedisKind kind)
    {
        await StartAsync(kind);
        foreach (var models in new object?[] { Array.Empty<string>(), "", null })
        {
            var made = await CreateAsync(new { name = "k", models });
            Assert.Equal("[]", made.GetProperty("models").ToString());
            using var client = _gateway.CreateClient(made.GetProperty("key").GetString());
            using var refused = await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "sentiment" });
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            using var unnamed = await client.PredictAsync();
            // Which one would answer is the model server's to say: it reads the same list.
            Assert.Equal("", new JsonWebToken(_gateway.Replica.Seen.Last().Headers["Authorization"]["Bearer ".Length..]).GetPayloadValue<string>("models"));
        }

        var open = await CreateAsync(new { name = "k" });
        Assert.Equal(JsonValueKind.Null, open.GetProperty("models").ValueKind);
        using var all = _gateway.CreateClient(open.GetProperty("key").GetString());
        using var answered = await all.PostAsJsonAsync("/v1/classify", new { input = "x", model = "sentiment" });
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    private async Task StartAsync(RedisKind kind, params (string Key, string Value)[] settings)
    {
        _redis = await servers.StartAsync(kind);
        _gateway = await GatewayHost.StartAsync(settings: [("ConnectionStrings:cache", _redis.ConnectionString), .. settings]);
        _admin = _gateway.CreateClient(TestTokens.Create("admin"));
        await _gateway.WaitUntilAsync(async _ => (await _gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
    }

    private async Task<JsonElement> CreateAsync(object request)
    {
        using var response = await _admin.PostAsJsonAsync("/admin/keys", request);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
