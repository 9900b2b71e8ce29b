using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Tests.Telemetry;

/// <summary>Against a collector on loopback that keeps what it is sent.</summary>
public sealed class OtlpExportTests
{
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
        await using (var service = await TestService.StartAsync(Map, settings: settings, name: "Otlp.Service")) await service.GetAsync("/exported/7?prompt=private-words");

        Assert.Equal(["logs", "metrics", "traces"], received.Keys.Order());
        Assert.All(received.Values, payload => Assert.Contains("Otlp.Service", payload, StringComparison.Ordinal));
        Assert.Contains("GET /exported/{n}", received["traces"], StringComparison.Ordinal);
        Assert.Contains("Saw 7", received["logs"], StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", received["metrics"], StringComparison.Ordinal);
        Assert.All(received.Values, payload => Assert.DoesNotContain("private-words", payload, StringComparison.Ordinal));
    }

    private static void Map(WebApplication app)
        => app.MapGet("/exported/{n}", (int n, ILogger<OtlpExportTests> log) => log.LogInformation("Saw {Number}", n)).AllowAnonymous();
}
