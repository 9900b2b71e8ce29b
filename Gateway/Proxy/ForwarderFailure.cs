using System.Net.Sockets;
using Gateway.Bodies;
using Gateway.Replicas;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Proxy;

/// <summary>Interprets a failed forwarding: for the client's answer, for a retry, for the metrics.</summary>
internal static class ForwarderFailure
{
    private const string NoReplica = "no_replica", Client = "client", Cancelled = "cancelled";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The caller's deadline passed, and what came behind it is not passed on.</summary>
    public static readonly IForwarderErrorFeature Late = new CorrectedFailure(ForwarderError.RequestCanceled, null);

    /// <summary>Corrects YARP's verdict on a body that was not sent to its end. YARP blames whoever it was waiting for: the client,
    /// also when it stopped reading because the model server had closed the HTTP/2 stream or its connection.</summary>
    /// <param name="body">What was read from; null without a body.</param>
    /// <param name="isAnswered">Whether the head of the answer has come.</param>
    /// <returns>Null when the answer came whole: what was left of the body then, the model server did not want.</returns>
    public static IForwarderErrorFeature? Correct(this IForwarderErrorFeature failure, ReplayBody? body, bool isAnswered, HttpResponse response) => failure.Error switch
    {
        not (ForwarderError.RequestBodyClient or ForwarderError.RequestBodyDestination or ForwarderError.RequestBodyCanceled) => failure,
        // Two exceptions where the answer broke off as well.
        _ when isAnswered && failure.Exception is not AggregateException => null,
        // 408 is YARP's word for a client that sent nothing for too long.
        ForwarderError.RequestBodyClient when body is { Failure: null } && response.StatusCode != StatusCodes.Status408RequestTimeout
            => new CorrectedFailure(ForwarderError.RequestBodyDestination, failure.Exception),
        _ => failure,
    };

    /// <summary>Whether no connection came about, so that the model server has seen nothing of the request. A bare <see cref="SocketException"/> is of one that
    /// was reset while it was made.</summary>
    public static bool IsConnectFailure(this IForwarderErrorFeature failure)
        => failure.Exception is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } || failure.IsConnectTimeout();

    /// <summary>Whether the model server is at fault and, given a body that can be replayed, another one may be asked.</summary>
    public static bool IsWorthAnotherAttempt(this IForwarderErrorFeature failure)
        => failure.Error is ForwarderError.Request or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination || failure.IsConnectTimeout();

    /// <summary>Whether the failure says something about the model server.</summary>
    public static bool IsTheReplicas(this IForwarderErrorFeature failure) => failure.Kind() is FailureKind.Connect or FailureKind.Broken or FailureKind.Timeout;

    public static ApiError ToError(this IForwarderErrorFeature failure) => failure.Kind() switch
    {
        NoReplica => new(503, "No model server is ready.") { Code = "unavailable", RetryAfter = RetryAfter },
        FailureKind.Timeout or Cancelled => new(504, "The model server did not answer in time.") { Code = "deadline_exceeded" },
        Client => new(400, "The request body could not be read.") { Code = "bad_request" },
        _ => new(503, "The model server failed to answer.") { Code = "unavailable", RetryAfter = RetryAfter },
    };

    /// <summary>The failure's label in metrics: one of six words.</summary>
    public static string Kind(this IForwarderErrorFeature failure) => failure.Error switch
    {
        _ when failure.IsConnectFailure() => FailureKind.Connect,
        ForwarderError.NoAvailableDestinations => NoReplica,
        ForwarderError.RequestTimedOut => FailureKind.Timeout,
        ForwarderError.RequestBodyClient => Client,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled or ForwarderError.ResponseBodyClient => Cancelled,
        _ => FailureKind.Broken,
    };

    // SocketsHttpHandler tells its own connect timeout by the inner exception; the activity timeout has none.
    private static bool IsConnectTimeout(this IForwarderErrorFeature failure)
        => failure is { Error: ForwarderError.RequestTimedOut, Exception: OperationCanceledException { InnerException: TimeoutException } };

    private sealed record CorrectedFailure(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
