using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelServer.Caching;

namespace ModelServer.Tests.Caching;

/// <summary>Parts of the cache as the container would make them.</summary>
internal static class CacheParts
{
    public static IOptions<CacheOptions> Options(Action<CacheOptions>? change = null)
    {
        var options = new CacheOptions();
        change?.Invoke(options);
        return Microsoft.Extensions.Options.Options.Create(options);
    }

    public static CacheMetrics Metrics(MemoryRows memory)
        => new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), memory, new());

    public static ResultCache Cache(Action<CacheOptions>? change = null, RedisRows? redis = null)
    {
        var options = Options(change);
        var memory = new MemoryRows(options, TimeProvider.System);
        return new ResultCache(memory, Metrics(memory), options, redis);
    }

    public static CacheKey Key(int n) => new(0, (UInt128)n);
}
