using System.Security.Claims;
using ModelServer.Load;
using ModelServer.Models;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Health;

/// <summary><c>GET /health</c>: 200 when this replica can answer, else 503, with what it runs on. Anyone may ask; which models there are is told to
/// a token that may list them, such as the gateway's.</summary>
internal static class HealthEndpoint
{
    public static void AddReadiness(this WebApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck<ModelsReadyCheck>("models", tags: [HealthExtensions.ReadyTag]);

    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapGet("/health", Get).AllowAnonymous();

    private static IResult Get(ModelCatalog catalog, Lazy<ExecutionDevice> device, GpuMemory gpu, LoadMeter load, IEnumerable<ITask> tasks, VersionReports versions, ReplicaTotals totals, ClaimsPrincipal user)
    {
        var isTold = user.HasScope(Scopes.ModelsRead);
        var report = load.Report(isTold);
        var status = report.State == ReplicaLoad.Draining ? ReplicaHealth.Draining
            : catalog.IsReady ? ReplicaHealth.Healthy
            : catalog.Versions.Any(v => v.State == ModelState.Loading) ? ReplicaHealth.Starting
            : ReplicaHealth.Unhealthy;
        var memory = new MemoryUsage(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), gpu.TotalUsed);
        var models = isTold ? new ReplicaModels(ModelListing.Of(catalog, user), [.. tasks.Select(t => t.Name).Where(catalog.HasDefault)]) : null;
        var health = new ReplicaHealth(status, catalog.AnyReady, device is { IsValueCreated: true, Value.IsGpu: true }, memory, report, models, isTold ? versions.Of(user) : null)
        {
            Counters = isTold ? totals.Read() : null,
        };
        var code = status == ReplicaHealth.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return TypedResults.Json(health, ReplicaHealthJson.Readable.ReplicaHealth, statusCode: code);
    }
}
