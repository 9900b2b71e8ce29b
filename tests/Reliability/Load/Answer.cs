namespace Reliability.Load;

/// <summary>How a request ended for its client.</summary>
internal enum Outcome
{
    /// <summary>200 and whole; a stream with <c>[DONE]</c>.</summary>
    Answered,

    /// <summary>A stream whose last event was an error, and which then ended as a body does.</summary>
    ErrorEvent,

    /// <summary>503 or 429 with <c>Retry-After</c>: the client knows when to come again.</summary>
    Refused,

    /// <summary>401 or 403.</summary>
    Denied,

    /// <summary>504: the request's own deadline passed.</summary>
    TimedOut,

    /// <summary>The connection was refused, or ended before the answer did.</summary>
    Disconnected,

    /// <summary>The client left before the answer came.</summary>
    Left,

    /// <summary>Anything else: another status, a stream that breaks off.</summary>
    Broken,
}

/// <summary>One request as its client saw it.</summary>
/// <param name="Phase">The phase in which it ended.</param>
/// <param name="Ticks">From sending to its end.</param>
/// <param name="Detail">What went wrong.</param>
internal readonly record struct Answer(int Phase, string Route, long Ticks, Outcome Outcome, string? Detail);

internal static class Outcomes
{
    /// <param name="status">0 where no answer came.</param>
    public static Outcome Of(int status, bool hasRetryAfter) => status switch
    {
        200 => Outcome.Answered,
        0 => Outcome.Disconnected,
        401 or 403 => Outcome.Denied,
        429 or 503 when hasRetryAfter => Outcome.Refused,
        504 => Outcome.TimedOut,
        _ => Outcome.Broken,
    };
}
