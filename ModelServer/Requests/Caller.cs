using System.Net.Http.Headers;
using System.Security.Claims;
using ModelServer.Scheduling;

namespace ModelServer.Requests;

/// <summary>Who asks, for which models, and how: what the token and the headers of a request say beside its body.</summary>
/// <param name="User">The token.</param>
/// <param name="Lane">Its subject, <c>x-priority</c>, interactive unless that says <c>batch</c>, and whether it is the only one under way.</param>
internal sealed record Caller(ClaimsPrincipal User, QueueLane Lane, CachePolicy Cache)
{
    /// <summary>Where what the request takes is counted.</summary>
    public UsageMeter Usage { get; init; } = new();

    /// <summary>The request's <c>x-request-id</c>; null where there is no request.</summary>
    public string? RequestId { get; init; }

    /// <summary>When the client leaves or its deadline passes: ends what is done before a request waits for the engine.</summary>
    public CancellationToken Aborted { get; init; }

    public static Caller From(HttpContext http)
    {
        CacheControlHeaderValue.TryParse(http.Request.Headers.CacheControl.ToString(), out var cache);
        var batch = string.Equals(http.Request.Headers["x-priority"], "batch", StringComparison.OrdinalIgnoreCase);
        return new Caller(
            http.User,
            new(http.User.Subject() ?? "", batch ? RequestPriority.Batch : RequestPriority.Interactive) { IsLone = http.Request.Headers.ContainsKey(LoneRequest.HeaderName) },
            new(Read: cache is not ({ NoCache: true } or { NoStore: true }), Write: cache is not { NoStore: true }))
        { Usage = UsageMeter.Of(http), RequestId = http.RequestId(), Aborted = http.RequestAborted };
    }
}

/// <param name="Read">Whether an answer may come from the cache (<c>Cache-Control: no-cache</c> and <c>no-store</c> say no).</param>
/// <param name="Write">Whether the answer may be kept (<c>no-store</c> says no).</param>
internal readonly record struct CachePolicy(bool Read = true, bool Write = true)
{
    /// <summary>The policy of callers whose headers say nothing.</summary>
    public static readonly CachePolicy Default = new(Read: true, Write: true);
}
