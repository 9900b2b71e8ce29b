using System.Security.Cryptography;
using Gateway.Usage;
using Microsoft.AspNetCore.Authorization;
using ServiceDefaults;

namespace Gateway.Audit;

/// <summary>Records every request but those to open routes, whatever becomes of it, once it has been answered.</summary>
internal sealed class AuditTrail(RequestDelegate next, AuditLog log, UsageTotals totals, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var route = context.GetEndpoint() as RouteEndpoint;
        if (route?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }

        var (came, start) = (time.GetUtcNow(), time.GetTimestamp());
        try
        {
            if (log.IsEnabled) await context.PeekBodyAsync();
            await next(context);
        }
        finally
        {
            var usage = context.FinalUsage();
            var peeked = context.Features.Get<PeekedRequest>();
            totals.Add(context.User.Subject(), usage);
            if (log.IsEnabled)
            {
                var headers = context.Response.Headers;
                log.Write(new(
                    came, context.RequestId(), context.User.Subject(), context.User.TokenId(), context.Request.Method, route?.RoutePattern.RawText ?? "other",
                    usage?.Model ?? peeked?.Facts.Model, headers["x-model-version"], context.Response.StatusCode, headers["x-cache"], usage?.Prompt, usage?.Completion,
                    Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3),
                    peeked is { Body: { IsWhole: true } body } ? Convert.ToHexStringLower(SHA256.HashData(body.Kept)) : null));
            }
        }
    }
}
