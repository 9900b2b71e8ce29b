using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Authentication;
using ServiceDefaults.BodyLimits;
using ServiceDefaults.Draining;
using ServiceDefaults.Errors;
using ServiceDefaults.Health;
using ServiceDefaults.JsonBodies;
using ServiceDefaults.PlainRequests;
using ServiceDefaults.Protocol;
using ServiceDefaults.Settings;
using ServiceDefaults.Telemetry;

namespace ServiceDefaults;

/// <summary>Adds what every service of the platform has: telemetry, health, draining, authentication, request ids, body limits, one way to read JSON and one error shape.</summary>
public static class ServiceDefaultsExtensions
{
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.AddSecretFiles();
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddTelemetry();
        builder.AddHealth();
        builder.AddDrain();
        builder.AddBearerAuthentication();
        builder.AddApiErrors();
        builder.AddJsonBodies();
        return builder;
    }

    /// <summary>Adds the middleware in front of the endpoints, outermost first.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseDrain();
        app.UseRequestId();
        app.UseApiErrors();
        app.UseRouting();
        app.UseOpenRoutes();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseBodyLimits();
        app.UseJsonBodies();
        return app;
    }

    /// <summary>Maps <c>/alive</c> and <c>/ready</c> (open) and <c>/metrics</c> (scope <c>metrics</c>).</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
