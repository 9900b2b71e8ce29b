using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    /// <summary>A connection of HTTP/1.1 ends with its answer while the service leaves. One that stayed open would be closed when the notice is over, perhaps under a request
    /// that its client has just sent. HTTP/2 has a way of its own to say goodbye.</summary>
    public static void UseDrain(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.Use((context, next) =>
        {
            if (drain.IsDraining && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}
