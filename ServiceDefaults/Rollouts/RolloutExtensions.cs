using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Rollouts;

public static class RolloutExtensions
{
    /// <summary>The documents of rollouts, kept up to date. After <c>TryAddRedis</c>.</summary>
    public static void AddRollouts(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<RolloutOptions, RolloutOptionsValidator>(RolloutOptions.SectionName);
        builder.Services.AddSingleton<RolloutBoard>();
    }
}
