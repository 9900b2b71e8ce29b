using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using Testing;

namespace StandIns.Tests.Redis;

[Collection(RedisCollection.Name)]
public sealed class AspireClientTests(RedisFixture redis)
{
    [Fact]
    public async Task AddRedisClient_ConnectionStringInConfiguration_GivesAWorkingConnection()
    {
        var builder = NewBuilder(redis.Server.ConnectionString);
        builder.AddRedisClient("cache", settings => settings.DisableTracing = true, options => options.ClientName = "me");
        using var host = builder.Build();

        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();

        Assert.Same(connection, host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.True(await connection.GetDatabase().PingAsync() > TimeSpan.Zero);
        Assert.Equal("me", (string?)await connection.GetDatabase().ExecuteAsync("CLIENT", "GETNAME"));
    }

    [Fact]
    public async Task AddRedisClient_HealthCheck_FollowsTheServer()
    {
        await using var server = await RedisServer.StartAsync();
        var builder = NewBuilder(server.ConnectionString);
        builder.AddRedisClient("cache", settings => settings.DisableTracing = true, options => options.BacklogPolicy = BacklogPolicy.FailFast);
        using var host = builder.Build();
        var health = host.Services.GetRequiredService<HealthCheckService>();

        var up = await health.CheckHealthAsync();
        server.Kill();
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.True(await RedisFixture.WithinAsync(() => Task.FromResult(!connection.IsConnected)));
        var down = await health.CheckHealthAsync();

        Assert.Equal(HealthStatus.Healthy, up.Entries["StackExchange.Redis"].Status);
        Assert.Equal(HealthStatus.Unhealthy, down.Status);
        Assert.DoesNotContain(server.Password, down.Entries["StackExchange.Redis"].Exception!.ToString());
    }

    [Fact]
    public async Task AddRedisClient_NoServer_DoesNotThrow()
    {
        await using var server = await RedisServer.StartAsync();
        server.Kill();
        var builder = NewBuilder(server.ConnectionString + ",connectTimeout=500");
        builder.AddRedisClient("cache", settings => settings.DisableTracing = settings.DisableHealthChecks = true);
        using var host = builder.Build();

        Assert.False(host.Services.GetRequiredService<IConnectionMultiplexer>().IsConnected);
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public void AddRedisClient_NoConnectionString_SaysWhereItLooked()
    {
        var builder = NewBuilder(null);
        builder.AddRedisClient("cache", settings => settings.DisableTracing = true);
        using var host = builder.Build();

        var failure = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());

        Assert.Contains("ConnectionStrings:cache", failure.Message);
    }

    [Fact]
    public async Task AddKeyedRedisClient_ByItsKey_GivesAWorkingConnection()
    {
        var builder = NewBuilder(redis.Server.ConnectionString);
        builder.AddKeyedRedisClient("cache", settings => settings.DisableTracing = true);
        using var host = builder.Build();

        var connection = host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("cache");

        Assert.True(await connection.GetDatabase().PingAsync() > TimeSpan.Zero);
        Assert.Null(host.Services.GetService<IConnectionMultiplexer>());
    }

    private static HostApplicationBuilder NewBuilder(string? connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:cache"] = connectionString;
        return builder;
    }
}
