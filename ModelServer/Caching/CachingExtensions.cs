namespace ModelServer.Caching;

internal static class CachingExtensions
{
    /// <summary>The result cache: in this process, and in Redis where <c>ConnectionStrings:cache</c> says.</summary>
    public static void AddResultCache(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<CacheOptions, CacheOptionsValidator>(CacheOptions.SectionName);
        services.AddSingleton<MemoryRows>();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<ResultCache>();
        if (!builder.TryAddRedis()) return;
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisRows>(provider, provider.GetRequiredService<RedisConnection>().Connecting));
    }
}
