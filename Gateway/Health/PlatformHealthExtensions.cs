using Gateway.Replicas;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gateway.Health;

internal static class PlatformHealthExtensions
{
    public static void AddPlatformHealth(this WebApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck<ReadyCheck>("replicas", tags: [HealthExtensions.ReadyTag]);

    public static void MapPlatformHealth(this WebApplication app)
        => app.MapGet("/health", Health).AllowAnonymous().ExcludeFromDescription();

    private static JsonHttpResult<PlatformHealth> Health(ReplicaPool pool)
    {
        var health = PlatformHealth.Of([.. pool.All.Select(r => r.Health)]);
        return TypedResults.Json(health, statusCode: health.CanServe ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
