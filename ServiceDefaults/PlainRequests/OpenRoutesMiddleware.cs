using System.Collections.Frozen;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ServiceDefaults.PlainRequests;

/// <summary>Answers 405 where an open route is asked by a method that it does not have. Authorization would ask for a token first: what routing puts in
/// the place of the route is not said to be open.</summary>
internal sealed class OpenRoutesMiddleware(RequestDelegate next, EndpointDataSource endpoints)
{
    // When the first request comes all routes are mapped.
    private readonly Lazy<FrozenSet<string>> _paths = new(() => endpoints.Endpoints
        .OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null && e.RoutePattern.Parameters is [])
        .Select(e => '/' + (e.RoutePattern.RawText ?? "").TrimStart('/'))
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    public Task InvokeAsync(HttpContext context)
        => context.GetEndpoint() is not (null or RouteEndpoint) and { RequestDelegate: { } refuse } && _paths.Value.Contains(context.Request.Path.Value ?? "")
            ? refuse(context)
            : next(context);
}
