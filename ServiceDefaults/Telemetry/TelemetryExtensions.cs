using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ServiceDefaults.Authentication;
using ServiceDefaults.Prometheus;

namespace ServiceDefaults.Telemetry;

/// <summary>Exports logs, metrics and traces by OTLP to <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> where that is set, and serves metrics at <c>/metrics</c> always.
/// The sources and meters are the framework's own and the application's, named as the application. An instrument has at most 2000 label sets
/// (the SDK's limit); what comes after is counted together under <c>otel_metric_overflow="true"</c>.</summary>
public static class TelemetryExtensions
{
    internal static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Authentication",
        "Microsoft.AspNetCore.Authorization", "System.Net.Http", "System.Runtime", "Yarp.ReverseProxy", ProcessMetrics.MeterName,
    ];

    /// <summary>The levels that services log at unless configured otherwise. At Information these categories write a line for every request, its query included.</summary>
    private static readonly Dictionary<string, string?> LogLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:System.Net.Http"] = "Warning",
        ["Logging:LogLevel:Yarp"] = "Warning",
        ["Logging:LogLevel:StackExchange.Redis"] = "Warning",
    };

    internal static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = LogLevels });

        var application = builder.Environment.ApplicationName;
        builder.Services.AddSingleton<PrometheusExporter>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(application, serviceVersion: PlatformVersion.Number)
                .AddEnvironmentVariableDetector())
            .WithLogging(null, logs =>
            {
                logs.IncludeFormattedMessage = true;
                logs.IncludeScopes = true;
            })
            .WithMetrics(metrics => metrics
                .AddMeter(Meters)
                .AddMeter(application)
                // Of a measurement that was made for a recorded span, its trace is kept beside the bucket.
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddInstrumentation(services => ActivatorUtilities.CreateInstance<ProcessMetrics>(services))
                .AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>())));
        // Spans that nobody is sent would cost a proxied request a tenth of its time.
        if (ExportsSpans(builder.Configuration)) telemetry.WithTracing(traces => traces.AddPlatformSpans(application)).UseOtlpExporter();
    }

    /// <summary>Whether spans are made and sent to anybody.</summary>
    public static bool ExportsSpans(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    internal static void MapMetrics(this WebApplication app)
        => app.MapGet("/metrics", WriteMetrics).RequireAuthorization(Scopes.Metrics).DisableHttpMetrics().ExcludeFromDescription();

    private static async Task WriteMetrics(HttpContext context, PrometheusExporter exporter)
    {
        var format = PrometheusFormat.For(context.Request.GetTypedHeaders().Accept);
        context.Response.ContentType = format.ContentType;
        context.Response.Headers.Vary = "Accept";
        await context.Response.WriteAsync(await exporter.ScrapeAsync(format, context.RequestAborted), context.RequestAborted);
    }
}
