using ServiceDefaults;
using StackExchange.Redis;

namespace ModelServer.Caching;

internal static class CachingExtensions
{
    private const string ConnectionName = "cache";

    /// <summary>The result cache: in this process, and in Redis where <c>ConnectionStrings:cache</c> says.</summary>
    public static void AddResultCache(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<CacheOptions, CacheOptionsValidator>(CacheOptions.SectionName);
        services.AddSingleton<MemoryRows>();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<ResultCache>();
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString(ConnectionName))) return;

        // Readiness does not depend on Redis, and commands fail at once rather than wait for it to come back.
        builder.AddRedisClient(ConnectionName, settings => settings.DisableHealthChecks = true, options => options.BacklogPolicy = BacklogPolicy.FailFast);
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisRows>(provider, provider.GetRequiredService<RedisConnection>().Connecting));
    }
}
