using System.Security.Claims;
using ModelServer.Load;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ServiceDefaults;

namespace ModelServer.Health;

/// <summary><c>GET /health</c>: 200 when this replica can answer, else 503, with what it runs on. Anyone may ask; which models there are is told to
/// a token that may list them, such as the gateway's.</summary>
internal static class HealthEndpoint
{
    public static void AddReadiness(this WebApplicationBuilder builder)
        => builder.Services.AddHealthChecks().AddCheck<ModelsReadyCheck>("models", tags: [HealthExtensions.ReadyTag]);

    public static void MapHealth(this IEndpointRouteBuilder routes) => routes.MapGet("/health", Get).AllowAnonymous();

    private static IResult Get(ModelCatalog catalog, Lazy<ExecutionDevice> device, GpuMemory gpu, ReplicaLoad load, IEnumerable<ITask> tasks, ClaimsPrincipal user)
    {
        var isTold = user.HasScope(Scopes.ModelsRead);
        var report = load.Report(isTold);
        var status = report.State == LoadReport.Draining ? LoadReport.Draining : catalog.IsReady ? "healthy" : catalog.Versions.Any(v => v.State == ModelState.Loading) ? "starting" : "unhealthy";
        var memory = new MemoryUsage(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), gpu.TotalUsed);
        var health = new HealthReport(status, catalog.AnyReady, device is { IsValueCreated: true, Value.IsGpu: true }, memory, report, isTold ? new(ModelListing.Of(catalog, user), [.. tasks.Select(t => t.Name).Where(catalog.HasDefault)]) : null);
        return TypedResults.Json(health, statusCode: status == "healthy" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <param name="Status"><c>healthy</c>, <c>starting</c>, <c>draining</c> or <c>unhealthy</c>.</param>
/// <param name="GpuAvailable">Whether inference runs on a GPU.</param>
/// <param name="Models">The models; null for a caller without the scope <c>models:read</c>.</param>
public sealed record HealthReport(string Status, bool ModelLoaded, bool GpuAvailable, MemoryUsage MemoryUsage, LoadReport Load, ModelsReport? Models);

/// <param name="Data">As <c>/v1/models</c> lists them.</param>
/// <param name="DefaultTasks">The tasks that a request without a model's name is answered for.</param>
public sealed record ModelsReport(ModelCard[] Data, string[] DefaultTasks);

/// <param name="ProcessBytes">Resident memory of the process.</param>
/// <param name="GpuBytes">Memory in use on all GPUs; null without one.</param>
public sealed record MemoryUsage(long ProcessBytes, long ManagedBytes, long? GpuBytes);
