using Gateway.Telemetry;
using Gateway.Usage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>Applies its client's limits to every authenticated request. Requests to open routes are not limited; no other request gets here unauthenticated.</summary>
internal sealed class ClientRateLimit(
    RequestDelegate next, ClientRateLimiter clients, UnknownTiers unknown, IOptions<ReservationOptions> reservation, GatewayMetrics metrics, LimitMetrics limits)
{
    public const string TierClaim = "tier";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }

        var name = context.User.FindFirst(TierClaim)?.Value;
        if (name is not null && !clients.HasTier(name) && unknown.Judge(name, context.User) is { } error)
        {
            await new ApiErrorResult(error).ExecuteAsync(context);
            return;
        }

        if (clients.TierOf(name) is not { } tier)
        {
            await next(context);
            return;
        }

        var usage = context.TokenUsage()!;
        // A body of unknown length goes through as it comes where nothing is limited.
        if (tier.Tokens is not [] && usage.Reserved == default) usage.Reserved = await TokenEstimate.OfAsync(context, reservation.Value, readsAhead: true);
        var reserved = usage.Reserved.Total;
        // After the body was read ahead, which may have taken long. All whom nobody could name would share one client's limits: none goes without.
        using var client = clients.Hold(context.User.Subject() ?? "", tier);
        var admission = await client.AdmitAsync(reserved);
        // When the response starts: error handling clears headers.
        context.Response.OnStarting(static state =>
        {
            var (context, admission) = ((HttpContext, Admission))state;
            RateLimitHeaders.Write(context.Response.Headers, admission.Decision);
            return Task.CompletedTask;
        }, (context, admission));

        if (admission.Decision.Refusal is { } refusal)
        {
            metrics.RateLimited(admission.Decision.Tier, refusal.Kind);
            // OpenAI's SDKs would try a 429 again.
            if (refusal.RetryAfter is null) context.Response.Headers["x-should-retry"] = "false";
            await new ApiErrorResult(new(429, refusal.Message) { Code = refusal.Code, RetryAfter = refusal.RetryAfter }).ExecuteAsync(context);
            return;
        }

        HttpResponse? ended = null;
        try
        {
            await next(context);
            ended = context.Response;
        }
        finally
        {
            await usage.SettleAsync(ended);
            if (usage.Charged > reserved && tier.Tokens is not []) limits.Overrun(usage.Charged - reserved);
            admission.Finish(usage.Charged);
        }
    }
}
