using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults.Health;

/// <summary>Maps <c>/alive</c>, which says that the process runs, and <c>/ready</c>, which says that every check tagged <see cref="ReadyTag"/> holds.</summary>
public static class HealthExtensions
{
    public const string ReadyTag = "ready";

    internal static void AddHealth(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks();

    internal static void MapHealth(this WebApplication app)
    {
        // Health checks answer any method, unless they are told.
        var get = new HttpMethodMetadata([HttpMethods.Get]);
        app.MapHealthChecks("/alive", new() { Predicate = _ => false, ResponseWriter = Write }).WithMetadata(get).AllowAnonymous().DisableHttpMetrics();
        app.MapHealthChecks("/ready", new() { Predicate = check => check.Tags.Contains(ReadyTag), ResponseWriter = Write }).WithMetadata(get).AllowAnonymous().DisableHttpMetrics();
    }

    private static Task Write(HttpContext context, Microsoft.Extensions.Diagnostics.HealthChecks.HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"status":"{{report.Status.ToString().ToLowerInvariant()}}"}""", context.RequestAborted);
    }
}
