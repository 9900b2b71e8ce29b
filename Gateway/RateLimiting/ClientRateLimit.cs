using Gateway.Telemetry;
using Gateway.Usage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Gateway.RateLimiting;

/// <summary>Applies its client's limits to every authenticated request. Requests to open routes are not limited; no other request gets here unauthenticated.</summary>
internal sealed class ClientRateLimit(RequestDelegate next, ClientRateLimiter clients, IOptions<RateLimitingOptions> options, GatewayMetrics metrics, LimitMetrics limits)
{
    public const string TierClaim = "tier";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || context.User.Subject() is not { } subject
            || clients.Find(subject, context.User.FindFirst(TierClaim)?.Value) is not { } client)
        {
            await next(context);
            return;
        }

        var reserved = client.Tier.Tokens is [] ? default : await TokenEstimate.OfAsync(context, options.Value);
        var admission = await client.AdmitAsync(reserved.Total);
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
            var used = reserved.Charge(context.FinalUsage(), context.Response.StatusCode);
            if (used > reserved.Total && client.Tier.Tokens is not []) limits.Overrun(used.Value - reserved.Total);
            admission.Finish(used);
        }
    }
}
