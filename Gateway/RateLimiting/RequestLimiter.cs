using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using ServiceDefaults;

namespace Gateway.RateLimiting;

/// <summary>The framework's rate limiter asks this about every request. Requests without an identity never come this far,
/// except to open routes, which have no limit.</summary>
internal sealed class RequestLimiter(ClientRateLimiter clients) : PartitionedRateLimiter<HttpContext>
{
    public const string TierClaim = "tier";

    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount)
    {
        if (resource.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || resource.User.Subject() is not { } subject) return Lease.Unlimited;
        if (clients.Acquire(subject, resource.User.FindFirst(TierClaim)?.Value) is not { } decision) return Lease.Unlimited;

        // Set first and read when the response starts: error handling clears headers, and the framework asks again before it refuses.
        if (resource.Features.Get<Lease>() is null) resource.Response.OnStarting(WriteHeaders, resource);
        var lease = new Lease(decision);
        resource.Features.Set(lease);
        return lease;
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(HttpContext context, int permitCount, CancellationToken cancellationToken)
        => ValueTask.FromResult(AttemptAcquireCore(context, permitCount));

    private static Task WriteHeaders(object state)
    {
        var context = (HttpContext)state;
        RateLimitHeaders.Write(context.Response.Headers, context.Features.GetRequiredFeature<Lease>().Decision!.Value);
        return Task.CompletedTask;
    }

    internal sealed class Lease(RateLimitDecision? decision) : RateLimitLease
    {
        public static readonly Lease Unlimited = new(null);

        public RateLimitDecision? Decision => decision;

        public override bool IsAcquired => decision is not { IsAllowed: false };

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
