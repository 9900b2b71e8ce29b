using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Gateway.Health;

internal static class PlatformHealthExtensions
{
    public static void AddReplicaHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReplicaHealthMonitor>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReplicaHealthMonitor>());
        builder.Services.AddHealthChecks().AddCheck<ReadyCheck>("replicas", tags: [HealthExtensions.ReadyTag]);
    }

    public static void MapPlatformHealth(this WebApplication app)
        => app.MapGet("/health", Health).AllowAnonymous().ExcludeFromDescription();

    private static JsonHttpResult<PlatformHealth> Health(ReplicaHealthMonitor monitor)
    {
        var health = monitor.Current;
        return TypedResults.Json(health, statusCode: health.CanServe ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
