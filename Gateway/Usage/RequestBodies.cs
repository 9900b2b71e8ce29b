using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Usage;

/// <summary>Reads a request body ahead for those who must know what it says before it is forwarded; once, whoever asks first.</summary>
internal static class RequestBodies
{
    /// <summary>Bytes read ahead. What lies beyond is not looked at: the model server has the last word on it.</summary>
    private const int MaxBytes = 1024 * 1024;

    public static async ValueTask<RequestFacts> ReadFactsAsync(this HttpContext context)
        => await context.PeekBodyAsync() is { } peeked ? peeked.Facts : new RequestFacts(null, null, 1);

    /// <returns>Null for a request without a body.</returns>
    public static async ValueTask<PeekedRequest?> PeekBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<PeekedRequest>() is { } known) return known;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return null;
        var body = new PeekedBody(context.Request.Body, MaxBytes);
        context.Response.RegisterForDispose(body);
        await body.FillAsync(context.Request.ContentLength, context.RequestAborted);
        context.Request.Body = body;
        var peeked = new PeekedRequest(body, RequestFacts.Read(body.Beginning));
        context.Features.Set(peeked);
        return peeked;
    }
}

internal sealed record PeekedRequest(PeekedBody Body, RequestFacts Facts)
{
    /// <summary>Bytes of the body as far as they are known.</summary>
    public int Length => Body.Beginning.Length;
}
