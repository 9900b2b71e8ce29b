using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.BodyLimits;

/// <summary>Holds request bodies to their endpoint's limit. A client that is still sending when the connection closes may never read its 413,
/// so up to <see cref="DrainBytes"/> of a refused body are read and thrown away before the answer, for at most <see cref="DrainTime"/>.
/// A compressed body is decompressed here, and held to the limit both as it comes and as it is read.</summary>
internal sealed class BodyLimitMiddleware(RequestDelegate next, TimeProvider time)
{
    public const long DrainBytes = 8 * 1024 * 1024;

    /// <summary>The most that a compressed body may say where nothing else limits it.</summary>
    private const long DecodedBytes = 30_000_000;

    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return next(context);
        var server = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        var decode = ContentCoding.Of(context);
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>()?.Bytes ?? server?.MaxRequestBodySize ?? (decode is null ? null : DecodedBytes);
        if (limit is not { } bytes) return next(context);
        var announced = context.Request.ContentLength;
        if (announced > bytes)
        {
            Allow(server, null);
            return RefuseAsync(context);
        }

        // The server itself reads no more than was announced.
        Allow(server, announced is null ? bytes + DrainBytes : bytes);
        return announced is null || decode is not null ? LimitAsync(context, bytes, decode) : next(context);
    }

    private async Task RefuseAsync(HttpContext context)
    {
        // A client that asked first has sent nothing yet: reading would invite it to.
        if (context.Request.Headers.Expect.Count == 0) await DrainAsync(context, context.Request.Body);
        else CloseAfterwards(context);
        throw new BadHttpRequestException("The request body is too large.", StatusCodes.Status413PayloadTooLarge);
    }

    private async Task LimitAsync(HttpContext context, long bytes, Func<Stream, Stream>? decode)
    {
        var body = context.Request.Body;
        var limited = new LimitedBody(body, bytes);
        await using var decoder = decode?.Invoke(limited);
        context.Request.Body = decoder is null ? limited : new LimitedBody(new DecompressedBody(decoder), bytes);
        if (decoder is not null)
        {
            context.Request.Headers.Remove(HeaderNames.ContentEncoding);
            context.Request.ContentLength = null;
        }

        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Body = body;
            if (limited.IsExceeded && !context.Response.HasStarted) await DrainAsync(context, body);
        }
    }

    private static void Allow(IHttpMaxRequestBodySizeFeature? server, long? bytes)
    {
        if (server is { IsReadOnly: false }) server.MaxRequestBodySize = bytes;
    }

    private static void CloseAfterwards(HttpContext context)
    {
        if (!HttpProtocol.IsHttp11(context.Request.Protocol)) return;
        // Not now: error handling clears the headers.
        context.Response.OnStarting(static state =>
        {
            ((HttpContext)state).Response.Headers.Connection = "close";
            return Task.CompletedTask;
        }, context);
    }

    private async Task DrainAsync(HttpContext context, Stream body)
    {
        using var patience = new CancellationTokenSource(DrainTime, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long drained = 0;
            for (int read; drained < DrainBytes && (read = await body.ReadAsync(buffer, stop.Token)) > 0;) drained += read;
            if (drained >= DrainBytes) CloseAfterwards(context);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Too long, too slow or gone: the answer is sent all the same.
            CloseAfterwards(context);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
