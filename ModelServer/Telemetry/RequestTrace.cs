using System.Diagnostics;

namespace ModelServer.Telemetry;

/// <summary>Writes spans of what happened to a request away from its own thread.</summary>
internal static class RequestTrace
{
    public static readonly ActivitySource Source = new("ModelServer");

    /// <summary>Starts and ends a span of the past under the request's own.</summary>
    public static Activity? Past(string name, Activity parent, DateTimeOffset start, DateTimeOffset end)
    {
        var activity = Source.StartActivity(name, ActivityKind.Internal, parent.Context, startTime: start);
        activity?.SetEndTime(end.UtcDateTime);
        return activity;
    }
}
