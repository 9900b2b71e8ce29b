using System.Collections.Immutable;

namespace Gateway.Telemetry;

/// <summary>How a request ended, as metrics name it.</summary>
internal static class RequestOutcome
{
    public const string Success = "success", Cancelled = "cancelled", Denied = "denied", RateLimited = "rate_limited", Unavailable = "unavailable", Timeout = "timeout",
        ClientError = "client_error", ServerError = "server_error";

    public static readonly ImmutableArray<string> All = [Success, Cancelled, Denied, RateLimited, Unavailable, Timeout, ClientError, ServerError];

    public static string Of(HttpContext context) => context.Response.StatusCode switch
    {
        _ when context.RequestAborted.IsCancellationRequested => Cancelled,
        < 400 => Success,
        401 or 403 => Denied,
        429 => RateLimited,
        503 => Unavailable,
        504 => Timeout,
        < 500 => ClientError,
        _ => ServerError,
    };
}
