using System.Diagnostics;
using OpenTelemetry;

namespace ServiceDefaults;

/// <summary>Keeps probes out of traces: what answers them, whatever the caller's sampling decision, and the client calls that nothing but a timer asked for.
/// A processor rather than a sampler, so that <c>OTEL_TRACES_SAMPLER</c> keeps its meaning; it must stand before the exporter's.</summary>
internal sealed class ProbeSpanFilter : BaseProcessor<Activity>
{
    private static readonly HashSet<string> ProbePaths = new(StringComparer.OrdinalIgnoreCase)
    {
        "/alive", "/ready", "/health", "/metrics", "/v2/health/live", "/v2/health/ready",
    };

    public override void OnStart(Activity data)
    {
        // A server span has its path from the start; unrecorded there, its children are not recorded either.
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is string path && ProbePaths.Contains(path)) Drop(data);
    }

    public override void OnEnd(Activity data)
    {
        // A client span learns its address only after it has started.
        if (data.Kind == ActivityKind.Client && data.Parent is null && data.ParentSpanId == default && (IsRedis(data) || IsProbe(data))) Drop(data);
    }

    private static bool IsRedis(Activity span) => span.Source.Name == "OpenTelemetry.Instrumentation.StackExchangeRedis";

    private static bool IsProbe(Activity span)
        => span.GetTagItem("url.full") is string address && Uri.TryCreate(address, UriKind.Absolute, out var uri) && ProbePaths.Contains(uri.AbsolutePath);

    private static void Drop(Activity span)
    {
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        span.IsAllDataRequested = false;
    }
}
