namespace AppHost.Cache;

/// <summary>Chooses where Redis comes from; <c>Cache:Kind</c> is <c>auto</c>, <c>container</c>, <c>process</c> or <c>none</c>.</summary>
internal static class CacheExtensions
{
    private const string Name = "cache";

    /// <returns>The cache, or null when there is to be none or none can be had: the platform then serves without one.</returns>
    public static IResourceBuilder<IResourceWithConnectionString>? AddCache(this IDistributedApplicationBuilder builder)
    {
        switch (builder.Configuration["Cache:Kind"] ?? "auto")
        {
            case "container": return builder.AddRedis(Name);
            case "process" when Tools.CanRunRedis: return builder.AddRedisProcess(Name);
            case "process": throw new DistributedApplicationException("Cache:Kind is process, but there is no redis-server on the PATH (or this is Windows).");
            case "none": return null;
            case "auto": return Automatic(builder);
            case var other: throw new DistributedApplicationException($"Cache:Kind '{other}' is not one of auto, container, process, none.");
        }
    }

    private static IResourceBuilder<IResourceWithConnectionString>? Automatic(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode || Tools.IsContainerRuntimeRunning()) return builder.AddRedis(Name);
        if (Tools.CanRunRedis) return builder.AddRedisProcess(Name);
        Console.WriteLine("No cache: there is neither a container runtime nor a redis-server on the PATH. Everything else works; results are not shared between replicas.");
        return null;
    }
}
