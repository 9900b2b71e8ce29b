using ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

/// <summary>What a failed forwarding means: for the caller, for another attempt, for the metrics.</summary>
internal static class ForwarderFailure
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Whether no connection came about, so that the model server has seen nothing of the request.</summary>
    public static bool IsConnectFailure(this IForwarderErrorFeature failure)
        => failure.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } || failure.IsConnectTimeout();

    /// <summary>Whether the model server is at fault and, given a body that can be replayed, another one may be asked.</summary>
    public static bool IsWorthAnotherAttempt(this IForwarderErrorFeature failure)
        => failure.Error is ForwarderError.Request or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination || failure.IsConnectTimeout();

    public static ApiError ToError(this IForwarderErrorFeature failure) => failure.Kind() switch
    {
        "no_replica" => new(503, "No model server is ready.") { Code = "unavailable", RetryAfter = RetryAfter },
        "timeout" or "cancelled" => new(504, "The model server did not answer in time.") { Code = "deadline_exceeded" },
        "client" => new(400, "The request body could not be read.") { Code = "bad_request" },
        _ => new(503, "The model server failed to answer.") { Code = "unavailable", RetryAfter = RetryAfter },
    };

    /// <summary>The failure's label in metrics: one of six words.</summary>
    public static string Kind(this IForwarderErrorFeature failure) => failure.Error switch
    {
        _ when failure.IsConnectFailure() => "connect",
        ForwarderError.NoAvailableDestinations => "no_replica",
        ForwarderError.RequestTimedOut => "timeout",
        ForwarderError.RequestBodyClient => "client",
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient => "cancelled",
        _ => "broken",
    };

    // SocketsHttpHandler tells its own connect timeout by the inner exception; the activity timeout has none.
    private static bool IsConnectTimeout(this IForwarderErrorFeature failure)
        => failure is { Error: ForwarderError.RequestTimedOut, Exception: OperationCanceledException { InnerException: TimeoutException } };
}
