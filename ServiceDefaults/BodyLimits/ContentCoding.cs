using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.BodyLimits;

/// <summary>The content codings in which a request body may come (RFC 9110 §8.4.1).</summary>
internal static class ContentCoding
{
    public const string Served = "gzip, br, deflate";

    // Else a body that breaks off would be taken for a shorter one.
    static ContentCoding() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The reader of a coding; null for none, whose body is as it stands.</summary>
    /// <exception cref="RefusedBodyException">The coding is unknown, or there are several.</exception>
    public static Func<Stream, Stream>? Of(HttpContext context)
    {
        var header = context.Request.Headers.ContentEncoding;
        if (header.Count == 0) return null;
        var name = header.ToString().Trim();
        if (Is("") || Is("identity")) return null;
        if (Is("gzip") || Is("x-gzip")) return static body => new GZipStream(body, CompressionMode.Decompress);
        if (Is("br")) return static body => new BrotliStream(body, CompressionMode.Decompress);
        // What HTTP calls deflate is in zlib's frame (RFC 1950).
        if (Is("deflate")) return static body => new ZLibStream(body, CompressionMode.Decompress);
        // Not now: error handling clears the headers.
        context.Response.OnStarting(static state =>
        {
            ((HttpContext)state).Response.Headers[HeaderNames.AcceptEncoding] = Served;
            return Task.CompletedTask;
        }, context);
        throw new RefusedBodyException(StatusCodes.Status415UnsupportedMediaType, "unsupported_content_encoding", $"The content encoding must be one of {Served}, or none.");

        bool Is(string coding) => name.Equals(coding, StringComparison.OrdinalIgnoreCase);
    }
}
