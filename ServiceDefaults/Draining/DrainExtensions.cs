using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServiceDefaults.Health;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Draining;

internal static class DrainExtensions
{
    public static void AddDrain(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // Before the configuration is bound, which thus has the last word.
        if (builder.Environment.IsDevelopment()) services.Configure<DrainOptions>(drain => drain.Notice = TimeSpan.Zero);
        services.AddValidatedOptions<DrainOptions, DrainOptionsValidator>(DrainOptions.SectionName);
        services.AddOptions<HostOptions>().Configure<IOptions<DrainOptions>>((host, drain) => host.ShutdownTimeout = drain.Value.Timeout);
        services.AddSingleton<Drain>();
        services.AddHostedService(provider => provider.GetRequiredService<Drain>());
        services.AddHealthChecks().AddCheck<Drain>("drain", tags: [HealthExtensions.ReadyTag]);
    }
}
