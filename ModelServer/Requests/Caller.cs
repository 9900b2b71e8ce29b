using System.Net.Http.Headers;
using System.Security.Claims;
using ModelServer.Encoders;
using ServiceDefaults;

namespace ModelServer.Requests;

/// <summary>Who asks and how: what the queue and the cache need to know of a request beside its inputs.</summary>
/// <param name="Client">The token's subject; waiting work is shared out fairly among clients.</param>
/// <param name="Priority">From <c>x-priority</c>; interactive unless it says <c>batch</c>.</param>
/// <param name="ReadCache">Whether an answer may come from the cache (<c>Cache-Control: no-cache</c> and <c>no-store</c> say no).</param>
/// <param name="WriteCache">Whether the answer may be kept (<c>no-store</c> says no).</param>
internal sealed record Caller(string Client, RequestPriority Priority = RequestPriority.Interactive, bool ReadCache = true, bool WriteCache = true)
{
    /// <summary>The server itself, warming up and checking.</summary>
    public static readonly Caller Server = new("");

    /// <summary>What the token says; nothing for the server itself, which may use every model.</summary>
    public ClaimsPrincipal User { get; init; } = new();

    public static Caller From(HttpContext http)
    {
        CacheControlHeaderValue.TryParse(http.Request.Headers.CacheControl.ToString(), out var cache);
        var batch = string.Equals(http.Request.Headers["x-priority"], "batch", StringComparison.OrdinalIgnoreCase);
        return new Caller(
            http.User.Subject() ?? "",
            batch ? RequestPriority.Batch : RequestPriority.Interactive,
            ReadCache: cache is not ({ NoCache: true } or { NoStore: true }),
            WriteCache: cache is not { NoStore: true })
        {
            User = http.User,
        };
    }
}

/// <summary>Interactive work goes before batch work, until that has waited long enough.</summary>
internal enum RequestPriority
{
    Interactive,
    Batch,
}
