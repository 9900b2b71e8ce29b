using System.Security.Cryptography;
using Gateway.Bodies;
using Gateway.Models;
using Gateway.Usage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;

namespace Gateway.Audit;

/// <summary>Records every request, refused ones too, when its answer has been sent. Requests to open routes, and those that succeeded without being for any
/// route (pages of the documentation, CORS preflights), are not recorded.</summary>
internal sealed class AuditTrail(RequestDelegate next, AuditLog log, UsageTotals totals, UsageMetrics metrics, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var (came, start) = (time.GetUtcNow(), time.GetTimestamp());
        context.Features.Set(AuditedRequest.Mark);
        try
        {
            await next(context);
        }
        finally
        {
            // Where nothing was limited, nobody has done so.
            if (context.TokenUsage() is { } usage)
            {
                await usage.SettleAsync(answer: null);
                metrics.RequestEnded(usage, context.Response.StatusCode);
            }

            // An exception clears the endpoint and leaves it there.
            var route = (context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint) as RouteEndpoint;
            var isUnrecorded = route is null ? context.Response.StatusCode < 400 : route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            if (!isUnrecorded) Record(context, route, came, time.GetElapsedTime(start));
        }
    }

    private void Record(HttpContext context, RouteEndpoint? route, DateTimeOffset came, TimeSpan took)
    {
        var usage = context.TokenUsage();
        totals.Add(context.User.Subject(), usage);
        if (!log.IsEnabled) return;
        var peeked = context.Features.Get<PeekedRequest>();
        var headers = context.Response.Headers;
        var (model, version) = AdministeredModel(context);
        log.Write(new(
            came, context.RequestId(), context.Connection.RemoteIpAddress?.ToString(), context.User.Subject(), context.User.TokenId(),
            context.Request.Method, route?.RoutePattern.RawText ?? "other", usage?.Model ?? peeked?.Facts.Model ?? model, version ?? headers[AnswerHeaders.ModelVersion],
            context.Response.StatusCode, context.Features.Get<RefusedIdentity>()?.Reason, headers[AnswerHeaders.Cache], usage?.Prompt, usage?.Completion,
            Math.Round(took.TotalMilliseconds, 3), peeked is { Body: { IsWhole: true } body } ? Convert.ToHexStringLower(SHA256.HashData(body.Buffered)) : null));
    }

    /// <summary>Returns the model and the version that an administrator's path names; the route alone would not say which were changed.</summary>
    private static (string? Model, string? Version) AdministeredModel(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/admin/models", out var rest) || rest.Value?.Split('/') is not [_, { } name, .. var further] || !ModelNames.IsName(name)) return default;
        return (name, further is ["versions", { } version, ..] && ModelNames.IsVersion(version) ? version : null);
    }
}

/// <summary>Marks a request that <see cref="AuditTrail"/> records, so that <see cref="UnreadableRequests"/> does not record it again.</summary>
internal sealed class AuditedRequest
{
    public static readonly AuditedRequest Mark = new();
}

/// <summary>Reads the body ahead, so that its hash can be recorded.</summary>
internal sealed class AuditedInput(RequestDelegate next, AuditLog log)
{
    public Task InvokeAsync(HttpContext context)
        => log.IsEnabled && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null ? PeekAsync(context) : next(context);

    private async Task PeekAsync(HttpContext context)
    {
        await context.PeekBodyAsync();
        await next(context);
    }
}
