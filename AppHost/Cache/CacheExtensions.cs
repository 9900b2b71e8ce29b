
namespace AppHost.Cache;

/// <summary>Chooses where Redis comes from; <c>Cache:Kind</c> is <c>auto</c>, <c>container</c>, <c>process</c>, <c>garnet</c> or <c>none</c>.</summary>
internal static class CacheExtensions
{
    public const string Name = "cache";
    private const string Registry = "docker.io";
    private const string Image = "library/redis";
    private const string Tag = "8.6";

    /// <summary>Of a deployment: API keys and usage outlive the container, what was written in the last <see cref="SaveInterval"/> at most aside.</summary>
    private const string Volume = "transformer-platform-cache";

    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(60);

    /// <returns>The cache, or null when there is to be none.</returns>
    public static IResourceBuilder<IResourceWithConnectionString>? AddCache(this IDistributedApplicationBuilder builder, PlatformOptions platform)
        => (builder.Configuration["Cache:Kind"] ?? "auto") switch
        {
            "none" => null,
            // What this machine happens to have says nothing about where the deployment runs.
            _ when builder.ExecutionContext.IsPublishMode => builder.AddRedisContainer().WithDataVolume(Volume).WithPersistence(SaveInterval),
            "container" => builder.AddRedisContainer(),
            "process" when RedisProcess.IsInstalled => builder.AddRedisProcess(Name),
            "process" => throw new DistributedApplicationException("--cache (Cache:Kind) is process, but there is no redis-server on the PATH (or this is Windows)."),
            "garnet" => builder.AddGarnet(Name, platform),
            _ when ContainerEngine.Installed().FirstOrDefault(engine => engine.CanRun($"{Registry}/{Image}:{Tag}", Console.WriteLine)) is { } engine => builder.AddRedisContainer(engine),
            _ when RedisProcess.IsInstalled => builder.AddRedisProcess(Name),
            _ => builder.AddGarnet(Name, platform),
        };

    /// <param name="engine">What runs it; left to the orchestrator if null.</param>
    private static IResourceBuilder<RedisResource> AddRedisContainer(this IDistributedApplicationBuilder builder, ContainerEngine? engine = null)
    {
        if (engine is not null) builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] = engine.Name;
        // Named here, so that what is looked for is what runs.
        return builder.AddRedis(Name).WithImageRegistry(Registry).WithImage(Image, Tag);
    }
}
