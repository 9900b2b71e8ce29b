using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Redis;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Rollouts;

public static class RolloutExtensions
{
    /// <summary>The documents of rollouts, kept up to date; after <see cref="RedisExtensions.TryAddRedis"/>. <see cref="IRolloutStore"/> is registered where there is Redis or
    /// <see cref="RolloutOptions.Folder"/> is set.</summary>
    public static void AddRollouts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RolloutOptions, RolloutOptionsValidator>(RolloutOptions.SectionName);
        services.AddSingleton<RolloutBoard>();
        var folder = builder.Configuration[$"{RolloutOptions.SectionName}:{nameof(RolloutOptions.Folder)}"];
        if (services.Any(s => s.ServiceType == typeof(RedisConnection)))
            services.AddSingleton<IRolloutStore>(provider => new RedisRollouts(
                provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RedisRollouts>>()));
        else if (!string.IsNullOrEmpty(folder))
            services.AddSingleton<IRolloutStore>(provider => new FolderRollouts(Path.GetFullPath(folder, builder.Environment.ContentRootPath), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<RolloutFeed>();
    }
}
