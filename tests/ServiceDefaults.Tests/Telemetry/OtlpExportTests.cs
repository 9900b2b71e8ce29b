using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace ServiceDefaults.Tests.Telemetry;

/// <summary>Against a collector on loopback that keeps what it is sent.</summary>
public sealed class OtlpExportTests
{
    private static readonly byte[] Trace = [0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31, 0x9c];

    [Fact]
    public async Task Service_WithAnEndpoint_HasSentLogsMetricsAndTracesWhenItStops()
    {
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(signal, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        });
        await collector.StartAsync();

        var settings = new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        };
        await using (var service = await TestService.StartAsync(Map, settings: settings, name: "Otlp.Service"))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/exported/7?prompt=private-words");
            request.Headers.Add("traceparent", $"00-{Convert.ToHexStringLower(Trace)}-b7ad6b7169203331-01");
            (await service.SendAsync(request, null)).Dispose();
            // A request that is answered may not be over yet, and so its span not ended.
            await service.StopAsync();
        }

        Assert.Equal(["logs", "metrics", "traces"], received.Keys.Order());
        Assert.All(received.Values, payload => Assert.Contains("Otlp.Service", payload, StringComparison.Ordinal));
        // The resource: a length before each text.
        Assert.All(received.Values, payload => Assert.Matches($"service\\.version[\\s\\S]{{4}}{Regex.Escape(PlatformVersion.Number)}", payload));
        Assert.Contains("GET /exported/{n}", received["traces"], StringComparison.Ordinal);
        Assert.Contains("Saw 7", received["logs"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received["metrics"], StringComparison.Ordinal);
        // An exemplar of a histogram holds the trace's id.
        Assert.Contains(Encoding.Latin1.GetString(Trace), received["metrics"], StringComparison.Ordinal);
        Assert.All(received.Values, payload => Assert.DoesNotContain("private-words", payload, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_WithoutAnEndpoint_MakesNoSpans()
    {
        await using var service = await TestService.StartAsync(_ => { }, name: "Otlp.None");
        Assert.Null(service.Services.GetService<TracerProvider>());
    }

    private static void Map(WebApplication app)
        => app.MapGet("/exported/{n}", (int n, ILogger<OtlpExportTests> log) => log.LogInformation("Saw {Number}", n)).AllowAnonymous();
}
