using Microsoft.AspNetCore.Authorization;

namespace ModelServer.Load;

/// <summary>Tells the replica's load with every answer, and answers 503 to what arrives after it was told to stop: the gateway asks another one.</summary>
internal sealed class LoadReporting(RequestDelegate next, LoadMeter load)
{
    private static readonly ApiError Draining = new(503, "The model server is shutting down.") { Code = "draining", RetryAfter = TimeSpan.FromSeconds(1) };

    public async Task InvokeAsync(HttpContext http)
    {
        if (!IsWork(http))
        {
            await next(http);
            return;
        }

        http.Response.OnStarting(WriteReport, http);
        if (load.IsDraining)
        {
            await new ApiErrorResult(Draining).ExecuteAsync(http);
            return;
        }

        load.Enter();
        try
        {
            await next(http);
        }
        finally
        {
            load.Leave();
        }
    }

    // Probes, metrics and administration go on to the end and are no load.
    private static bool IsWork(HttpContext http)
        => http.GetEndpoint() is { } endpoint
            && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
            && !http.Request.Path.StartsWithSegments("/admin")
            && !http.Request.Path.StartsWithSegments("/metrics");

    private Task WriteReport(object state)
    {
        ((HttpContext)state).Response.Headers[LoadReport.HeaderName] = load.ToHeader();
        return Task.CompletedTask;
    }
}
