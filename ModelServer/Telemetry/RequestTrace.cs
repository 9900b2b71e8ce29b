using System.Diagnostics;

namespace ModelServer.Telemetry;

/// <summary>Writes spans of what happened to a request away from its own thread.</summary>
internal static class RequestTrace
{
    public static readonly ActivitySource Source = new("ModelServer");

    /// <summary>The span of what runs now, if it is recorded.</summary>
    public static Activity? Recorded => Activity.Current is { Recorded: true } current ? current : null;

    /// <summary>Makes a request's span the current one of this thread until the end of the scope, so that what is measured names it as its example. Does nothing for null.</summary>
    public static Scope For(Activity? request) => new(request);

    /// <summary>Starts and ends a span of the past under the request's own.</summary>
    public static Activity? Past(string name, Activity parent, DateTimeOffset start, DateTimeOffset end)
    {
        var activity = Source.StartActivity(name, ActivityKind.Internal, parent.Context, startTime: start);
        activity?.SetEndTime(end.UtcDateTime);
        return activity;
    }

    internal readonly ref struct Scope
    {
        private readonly Activity? _before;
        private readonly bool _isSet;

        public Scope(Activity? request)
        {
            if (request is null) return;
            (_before, _isSet) = (Activity.Current, true);
            Activity.Current = request;
        }

        public void Dispose()
        {
            if (_isSet) Activity.Current = _before;
        }
    }
}
