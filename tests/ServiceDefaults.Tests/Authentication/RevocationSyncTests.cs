using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

public sealed class RevocationSyncTests(RedisServers servers) : IClassFixture<RedisServers>
{
    private const string Key = "revoked-tokens";

    [Theory, OnRedis, OnGarnet]
    public async Task Revocation_WhoseEndCannotBeRead_HoldsForGood(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        await using var connection = await RedisServers.ConnectAsync(redis);
        var ahead = DateTimeOffset.UtcNow.AddHours(1);
        RedisValue[] unreadable =
        [
            "NaN", "soon", "", "1e12", "99999999999999999999", ahead.ToUnixTimeMilliseconds(), 253402300800, long.MaxValue, $"{ahead.ToUnixTimeSeconds()}.5", ahead.ToUnixTimeSeconds(), 4102444800,
        ];
        for (var i = 0; i < unreadable.Length; i++) await connection.GetDatabase().HashSetAsync(Key, $"t{i}", unreadable[i]);
        await using var service = await StartAsync(redis);

        for (var i = 0; i < unreadable.Length; i++)
        {
            var token = TestTokens.Sign($$"""{"sub":"ann","jti":"t{{i}}"}""");
            await Eventually.HoldsAsync(async () => (await service.GetAsync("/secured", token)).StatusCode == HttpStatusCode.Unauthorized);
        }

        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/secured", TestTokens.Sign("""{"sub":"ann","jti":"another"}"""))).StatusCode);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Revocation_ThatRedisWouldForgetEarlier_IsWrittenAgain(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        await using var connection = await RedisServers.ConnectAsync(redis);
        var database = connection.GetDatabase();
        await database.HashSetAsync(Key, [new("a", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()), new("over", 1_700_000_000), new("ancient", long.MinValue)]);
        await using var service = await StartAsync(redis);

        service.Services.GetRequiredService<RevokedTokens>().Add("a", RevokedTokens.ForGood);

        await Eventually.HoldsAsync(async () => await database.HashGetAsync(Key, "a") == RevokedTokens.ForGood.ToUnixTimeSeconds());
        await Eventually.HoldsAsync(async () => await database.HashLengthAsync(Key) == 1);
    }

    private static Task<TestService> StartAsync(IRedisServer redis) => TestService.StartAsync(
        app => app.MapGet("/secured", () => "ok"), builder => builder.TryAddRedis(), new Dictionary<string, string?> { ["ConnectionStrings:cache"] = redis.ConnectionString });
}
