using Gateway.Telemetry;
using Microsoft.AspNetCore.Authorization;
using ServiceDefaults;

namespace Gateway.RateLimiting;

/// <summary>Holds every request with an identity to its client's limits. Open routes have none; others never come this far without one.</summary>
internal sealed class ClientRateLimit(RequestDelegate next, ClientRateLimiter clients, GatewayMetrics metrics)
{
    public const string TierClaim = "tier";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || context.User.Subject() is not { } subject
            || clients.Find(subject, context.User.FindFirst(TierClaim)?.Value) is not { } limits)
        {
            await next(context);
            return;
        }

        var admission = await limits.AdmitAsync(0);
        // When the response starts: error handling clears headers.
        context.Response.OnStarting(static state =>
        {
            var (context, admission) = ((HttpContext, Admission))state;
            RateLimitHeaders.Write(context.Response.Headers, admission.Decision);
            return Task.CompletedTask;
        }, (context, admission));

        if (admission.Decision.Refusal is { } refusal)
        {
            metrics.RateLimited(admission.Decision.Tier);
            await new ApiErrorResult(new(429, refusal.Message) { Code = refusal.Code, RetryAfter = refusal.RetryAfter }).ExecuteAsync(context);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            admission.Finish(null);
        }
    }
}
