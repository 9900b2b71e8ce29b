using Gateway.Deadlines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Bodies;

/// <summary>Reads a request body ahead for those who need its content before it is forwarded; once, for whoever asks first. Beyond
/// <see cref="ReplayOptions.ReplayBytes"/> nothing is inspected, the model server judges the rest; but what is to be generated is reserved by the whole body.</summary>
internal static class RequestBodies
{
    public static async ValueTask<RequestFacts> ReadFactsAsync(this HttpContext context)
        => await context.PeekBodyAsync() is { } peeked ? peeked.Facts : new RequestFacts(null, null, 1);

    /// <returns>Null for a request without a body.</returns>
    public static async ValueTask<PeekedRequest?> PeekBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<PeekedRequest>() is { } known) return known;
        if (!context.Request.HasBody()) return null;
        var form = BodyForms.Of(context.Request.Path);
        var body = new ReplayBody(context.Request.BodyReader, BytesToKeep(context.RequestServices, form));
        context.Response.RegisterForDispose(body);
        await context.WithinDeadlineAsync(body.ReadAheadAsync);
        context.Request.Body = body;
        // Tensors are looked into by nobody: their model is in the address.
        var facts = ModelPath.Of(context.Request.Path) is { } named ? new RequestFacts(named, null, 1) : RequestFacts.Read(form, body.Buffered);
        var peeked = new PeekedRequest(body, facts);
        context.Features.Set(peeked);
        return peeked;
    }

    /// <summary>Members may stand in any order: that of the tokens to generate perhaps behind a long prompt.</summary>
    private static int BytesToKeep(IServiceProvider services, BodyForm form)
    {
        var replay = services.GetRequiredService<IOptions<ReplayOptions>>().Value.ReplayBytes;
        if (form == BodyForm.Other) return replay;
        var limit = services.GetRequiredService<IOptions<BodyLimitOptions>>().Value.ApiBytes;
        return (int)Math.Clamp(limit, replay, ReplayOptions.MaxBytes);
    }

    public static bool HasBody(this HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
}

internal sealed record PeekedRequest(ReplayBody Body, RequestFacts Facts)
{
    /// <summary>Bytes of the body as far as they are known.</summary>
    public int Length => Body.Buffered.Length;
}
