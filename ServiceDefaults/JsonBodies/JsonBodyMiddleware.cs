using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using ServiceDefaults.BodyLimits;

namespace ServiceDefaults.JsonBodies;

/// <summary>Has JSON bodies read as UTF-8 alone, which is what JSON is (RFC 8259 §8.1), and keeps them at hand for error messages.</summary>
internal sealed class JsonBodyMiddleware(RequestDelegate next)
{
    private const string Json = "application/json";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { RequestType: { } type }) return next(context);
        RequireUtf8(context.Request);
        var body = new JsonBody(context.Request.Body, type, context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false });
        context.Response.RegisterForDispose(body);
        context.Features.Set(body);
        context.Request.Body = body;
        return next(context);
    }

    /// <summary>The framework would read another encoding that the content type names, and a gateway in front would not.</summary>
    private static void RequireUtf8(HttpRequest request)
    {
        if (request.ContentType is null or Json || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.Charset.HasValue) return;
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        // The second is no name of it, but meant for one.
        if (!charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !charset.Equals("utf8", StringComparison.OrdinalIgnoreCase))
            throw new RefusedBodyException(StatusCodes.Status415UnsupportedMediaType, "unsupported_charset", "The body must be JSON in UTF-8.");
        request.ContentType = type.MediaType.Value;
    }
}
