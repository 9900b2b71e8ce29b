using System.Diagnostics;
using OpenTelemetry;

namespace ServiceDefaults.Telemetry;

/// <summary>Keeps commands to Redis that a timer sends, once a second in each service, out of traces. It is a processor rather than a sampler, so
/// that <c>OTEL_TRACES_SAMPLER</c> keeps its meaning, and must be registered before the exporter.</summary>
internal sealed class BackgroundRedisFilter : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name != "OpenTelemetry.Instrumentation.StackExchangeRedis" || !data.IsRoot()) return;
        data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        data.IsAllDataRequested = false;
    }
}
