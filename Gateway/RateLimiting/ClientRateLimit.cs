using Gateway.Bodies;
using Gateway.Telemetry;
using Gateway.Usage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>Applies its client's limits to every authenticated request. Requests to open routes are not limited; no other request gets here unauthenticated.</summary>
internal sealed class ClientRateLimit(RequestDelegate next, ClientRateLimiter clients, UnknownTiers unknown, IOptions<RateLimitingOptions> options, GatewayMetrics metrics, LimitMetrics limits)
{
    public const string TierClaim = "tier";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }

        var tier = context.User.FindFirst(TierClaim)?.Value;
        if (tier is not null && !clients.HasTier(tier) && unknown.Judge(tier, context.User) is { } error)
        {
            await new ApiErrorResult(error).ExecuteAsync(context);
            return;
        }

        // All whom nobody could name would share one client's limits: none goes without.
        if (clients.Find(context.User.Subject() ?? "", tier) is not { } client)
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

/// <summary>The tokens reserved for a request before it is forwarded.</summary>
internal readonly record struct TokenEstimate(long Prompt, long Completion)
{
    public long Total => Prompt + Completion;

    public static async ValueTask<TokenEstimate> OfAsync(HttpContext context, RateLimitingOptions options)
    {
        var isGeneration = UsageCapture.IsGeneration(context.Request);
        var length = context.Request.ContentLength;
        if (!isGeneration && length is { } announced) return new(OfPrompt(announced, options), 0);
        if (await context.PeekBodyAsync() is not { } peeked) return default;
        var prompt = OfPrompt(length ?? peeked.Length, options);
        return new(prompt, isGeneration ? peeked.Facts.CompletionTokens ?? (long)options.CompletionTokens * peeked.Facts.Choices : 0);
    }

    /// <summary>Returns the tokens to charge when the request is finished; null to charge the whole reservation.</summary>
    public long? Charge(TokenUsage? usage, int status) => usage switch
    {
        { Prompt: null, Completion: null } or null => status >= 400 ? 0 : null,
        _ => (usage.Prompt ?? Prompt) + (usage.Completion ?? 0),
    };

    private static long OfPrompt(long bytes, RateLimitingOptions options) => (bytes + options.BytesPerToken - 1) / options.BytesPerToken;
}
