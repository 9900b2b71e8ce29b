using Gateway.Deadlines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Bodies;

/// <summary>Reads a request body ahead for those who need its content before it is forwarded; once, for whoever asks first. Beyond
/// <see cref="ReplayOptions.ReplayBytes"/> nothing is inspected: the model server judges the rest.</summary>
internal static class RequestBodies
{
    public static async ValueTask<RequestFacts> ReadFactsAsync(this HttpContext context)
        => await context.PeekBodyAsync() is { } peeked ? peeked.Facts : new RequestFacts(null, null, 1);

    /// <returns>Null for a request without a body.</returns>
    public static async ValueTask<PeekedRequest?> PeekBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<PeekedRequest>() is { } known) return known;
        if (!context.Request.HasBody()) return null;
        var body = new ReplayBody(context.Request.BodyReader, context.RequestServices.GetRequiredService<IOptions<ReplayOptions>>().Value.ReplayBytes);
        context.Response.RegisterForDispose(body);
        await context.WithinDeadlineAsync(body.ReadAheadAsync);
        context.Request.Body = body;
        var peeked = new PeekedRequest(body, RequestFacts.Read(BodyForms.Of(context.Request.Path), body.Buffered));
        context.Features.Set(peeked);
        return peeked;
    }

    public static bool HasBody(this HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
}

internal sealed record PeekedRequest(ReplayBody Body, RequestFacts Facts)
{
    /// <summary>Bytes of the body as far as they are known.</summary>
    public int Length => Body.Buffered.Length;
}
