using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Testing;

namespace ServiceDefaults.Tests.Telemetry;

/// <summary>What a service would have exported. Sources are shared by the whole process, so a test asks for its own trace.</summary>
internal sealed class CapturedSpans : BaseExporter<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = new();

    public void Attach(WebApplicationBuilder builder)
        => builder.Services.AddOpenTelemetry().WithTracing(traces => traces.AddPlatformSpans(builder.Environment.ApplicationName).AddProcessor(new Last(this)));

    public IReadOnlyList<Activity> All => [.. _spans];

    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _spans.Where(s => s.TraceId == trace)];

    /// <summary>The span of a request; it ends after the response has been sent.</summary>
    public Task<Activity> ServerSpanAsync(ActivityTraceId trace) => Eventually.GetAsync(() => Of(trace).FirstOrDefault(s => s.Kind == ActivityKind.Server));

    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch) _spans.Enqueue(span);
        return ExportResult.Success;
    }

    // The exporting processor of the SDK: it exports recorded spans only, as the OTLP exporter's does.
    private sealed class Last(CapturedSpans spans) : SimpleActivityExportProcessor(spans);
}
