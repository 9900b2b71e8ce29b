using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.Authentication;

/// <summary>A revocation never ends before the token that it revokes, whatever date it names.</summary>
public sealed class RevocationTests(RedisServers servers) : IClassFixture<RedisServers>, IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);
    private GatewayHost _gateway = null!;
    private HttpClient _admin = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Revocation_WithADateInThePastOrNone_IsRefusedByName(RedisKind kind)
    {
        await StartAsync(kind);
        foreach (var body in new[]
        {
            """{"jti":"t","expires_at":"2020-01-01T00:00:00Z"}""", """{"jti":"t","expires_at":"1970-01-01T00:00:00Z"}""", """{"jti":"t","expires_at":4102444800}""",
            """{"jti":"t","expires_at":4102444800000}""", """{"jti":"t","expires_at":"4102444800"}""", """{"jti":"t","expires_at":"NaN"}""", """{"jti":"t","expires_at":""}""", """{"jti":""}""", "{}",
        })
        {
            using var response = await _admin.PostAsync("/admin/tokens/revoke", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.True((int)response.StatusCode == 422, body);
            Assert.Contains(body.Contains("expires_at", StringComparison.Ordinal) ? "expires_at" : "jti", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Revocation_WhateverDateItNames_NeverEndsBeforeTheToken(RedisKind kind)
    {
        await StartAsync(kind);
        string[] ids = ["a", "b", "c", "d"];
        HttpClient[] clients = [.. ids.Select(id => _gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["jti"] = id })))];
        DateTimeOffset?[] dates = [null, DateTimeOffset.UtcNow.AddMinutes(1), new(2039, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue];
        for (var i = 0; i < ids.Length; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await clients[i].PredictAsync()).StatusCode);
            using var revoked = await _admin.PostAsJsonAsync("/admin/tokens/revoke", new { jti = ids[i], expires_at = dates[i] });
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        }

        _time.Advance(TimeSpan.FromMinutes(2));

        foreach (var client in clients)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.PredictAsync()).StatusCode);
            client.Dispose();
        }
    }

    private async Task StartAsync(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        _gateway = await GatewayHost.StartAsync(time: _time, settings: [("ConnectionStrings:cache", redis.ConnectionString)]);
        _admin = _gateway.CreateClient(TestTokens.Create("admin"));
        await _gateway.WaitUntilAsync(async _ => (await _gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
    }
}
