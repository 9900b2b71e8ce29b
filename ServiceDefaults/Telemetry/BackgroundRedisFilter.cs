using System.Diagnostics;
using OpenTelemetry;

namespace ServiceDefaults;

/// <summary>Keeps commands to Redis that a timer asked for, once a second in each service, out of traces. A processor rather than a sampler, so
/// that <c>OTEL_TRACES_SAMPLER</c> keeps its meaning; it must stand before the exporter's.</summary>
internal sealed class BackgroundRedisFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != "OpenTelemetry.Instrumentation.StackExchangeRedis" || !data.IsRoot()) return;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        data.IsAllDataRequested = false;
    }
}
