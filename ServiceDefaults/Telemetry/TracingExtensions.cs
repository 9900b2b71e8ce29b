using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Telemetry;

/// <summary>Makes spans of requests and of outgoing calls, by the HTTP conventions. Probes get none, whatever the caller's sampling decision.</summary>
internal static class TracingExtensions
{
    private static readonly HashSet<string> ProbePaths = new(StringComparer.OrdinalIgnoreCase)
    {
        "/alive", "/ready", "/health", "/metrics", "/v2/health/live", "/v2/health/ready",
    };

    public static TracerProviderBuilder AddPlatformSpans(this TracerProviderBuilder traces, string application) => traces
        .AddAspNetCoreInstrumentation(Configure)
        .AddHttpClientInstrumentation(Configure)
        .AddSource("Yarp.ReverseProxy", application)
        .AddProcessor(new BackgroundRedisFilter());

    /// <summary>Whether the span has no parent, here or in another process.</summary>
    public static bool IsRoot(this Activity span) => span.Parent is null && span.ParentSpanId == default;

    private static void Configure(AspNetCoreTraceInstrumentationOptions server)
    {
        server.Filter = context => !ProbePaths.Contains(context.Request.Path);
        // An error that was answered in our shape is no exception to the server any more.
        server.EnrichWithHttpResponse = (span, response) =>
        {
            if (response.StatusCode >= 500 && response.HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is { } error) span.SetTag("error.type", error.GetType().FullName);
        };
    }

    // What a request asks of others is part of its trace; what a timer asks is not.
    private static void Configure(HttpClientTraceInstrumentationOptions client) => client.FilterHttpRequestMessage =
        request => Activity.Current?.IsRoot() == false || !ProbePaths.Contains(request.RequestUri?.AbsolutePath ?? "");
}
