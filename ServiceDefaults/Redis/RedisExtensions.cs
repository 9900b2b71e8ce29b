using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace ServiceDefaults.Redis;

/// <summary>Registers the connection to Redis, which no service needs in order to serve.</summary>
public static class RedisExtensions
{
    private const string ConnectionName = "cache";

    /// <summary>Registers <see cref="RedisConnection"/> where <c>ConnectionStrings:cache</c> says where Redis is.</summary>
    /// <returns>False, having registered nothing, where it does not.</returns>
    public static bool TryAddRedis(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString(ConnectionName))) return false;

        // Readiness does not depend on Redis, and commands fail at once rather than wait for it to come back.
        builder.AddRedisClient(ConnectionName, settings => settings.DisableHealthChecks = true, options =>
        {
            options.BacklogPolicy = BacklogPolicy.FailFast;
            // Details would carry keys into the log.
            options.IncludeDetailInExceptions = false;
        });
        builder.Services.AddSingleton<RedisConnection>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        return true;
    }
}
