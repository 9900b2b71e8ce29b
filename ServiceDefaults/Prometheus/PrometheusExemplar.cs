using System.Diagnostics;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Prometheus;

/// <summary>A measurement that a recorded span made, as an example of its bucket.</summary>
internal readonly record struct PrometheusExemplar(double Value, DateTimeOffset At, ActivityTraceId TraceId, ActivitySpanId SpanId)
{
    /// <returns>Those of a histogram's point, one a bucket at most.</returns>
    public static List<PrometheusExemplar> Of(ref readonly MetricPoint point)
    {
        var found = new List<PrometheusExemplar>();
        if (!point.TryGetExemplars(out var exemplars)) return found;
        foreach (ref readonly var exemplar in exemplars)
            if (exemplar.TraceId != default) found.Add(new(exemplar.DoubleValue, exemplar.Timestamp, exemplar.TraceId, exemplar.SpanId));
        return found;
    }
}
