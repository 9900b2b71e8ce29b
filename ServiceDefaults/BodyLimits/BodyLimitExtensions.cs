using Microsoft.AspNetCore.Builder;

namespace ServiceDefaults.BodyLimits;

/// <summary>Limits the size of request bodies, endpoint by endpoint.</summary>
public static class BodyLimitExtensions
{
    /// <summary>Refuses larger bodies with 413, whether their length is announced or not. The innermost limit wins; without one the server's own
    /// (30 MB unless configured) holds.</summary>
    /// <param name="bytes">Largest accepted body in bytes.</param>
    public static TBuilder WithBodyLimit<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        return builder.WithMetadata(new BodyLimit(bytes));
    }

    internal static void UseBodyLimits(this WebApplication app) => app.UseMiddleware<BodyLimitMiddleware>();
}

internal sealed record BodyLimit(long Bytes);
