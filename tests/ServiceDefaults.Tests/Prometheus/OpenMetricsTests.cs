using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.Prometheus;

/// <summary>The text with exemplars, for those who ask for it.</summary>
public sealed class OpenMetricsTests
{
    private const string Name = "Open.Tests";
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Text_ForWhoAsks_IsOpenMetricsToItsEnd()
    {
        await using var service = await StartAsync();
        await AskAsync(service, sampled: true);

        var (type, text) = await ScrapeAsync(service, "application/openmetrics-text; version=1.0.0");

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", type);
        Assert.EndsWith("\n# EOF\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE target info\ntarget_info{", text, StringComparison.Ordinal);
        // A counter's family lacks the ending of its samples.
        Assert.Contains("# TYPE jobs counter\njobs_total 1\n", text, StringComparison.Ordinal);
        Assert.Matches($$"""wait_seconds_bucket\{le="0.5"\} 1 # \{trace_id="{{Trace}}",span_id="[0-9a-f]{16}"\} 0.25 [0-9]+\.[0-9]{3}\n""", text);
        Assert.Contains("wait_seconds_bucket{le=\"1.0\"} 1\n", text, StringComparison.Ordinal);
        Assert.Matches($$"""wait_seconds_bucket\{le="\+Inf"\} 2 # \{trace_id="{{Trace}}",span_id="[0-9a-f]{16}"\} 7 [0-9]+\.[0-9]{3}\n""", text);
        Assert.DoesNotContain("\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_ForAnybodyElse_HasNoExemplars()
    {
        await using var service = await StartAsync();
        await AskAsync(service, sampled: true);

        var (type, text) = await ScrapeAsync(service, "text/plain");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", type);
        Assert.DoesNotContain(Trace, text, StringComparison.Ordinal);
        Assert.DoesNotContain("# EOF", text, StringComparison.Ordinal);
        Assert.Contains("wait_seconds_bucket{le=\"1\"} 1\n", text, StringComparison.Ordinal);
        if (Promtool.IsInstalled) Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(text));
    }

    [Fact]
    public async Task Measurement_OfASpanThatIsNotRecorded_IsNoExemplar()
    {
        await using var service = await StartAsync();
        await AskAsync(service, sampled: false);

        var (_, text) = await ScrapeAsync(service, "application/openmetrics-text");

        Assert.Contains("wait_seconds_count 2\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Trace, text, StringComparison.Ordinal);
    }

    /// <summary>Prometheus' own parser is the judge: it asks for OpenMetrics by itself, refuses a text that is not, and keeps the exemplar.</summary>
    [PrometheusFact]
    public async Task Prometheus_ScrapesWithATokenFile_AndKeepsTheExemplar()
    {
        await using var service = await StartAsync();
        await AskAsync(service, sampled: true);
        await using var prometheus = await PrometheusProcess.StartAsync(service.Address, TestTokens.Create("metrics"));

        await Eventually.HoldsAsync(async () => (await prometheus.QueryAsync("query?query=up")).Contains("\"1\"", StringComparison.Ordinal));
        Assert.Contains("\"2\"", await prometheus.QueryAsync("query?query=wait_seconds_count"), StringComparison.Ordinal);
        Assert.Contains("\"counter\"", await prometheus.QueryAsync("metadata?metric=jobs"), StringComparison.Ordinal);
        var exemplars = await prometheus.QueryAsync($"query_exemplars?query=wait_seconds_bucket&start={DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds()}&end={DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()}");
        Assert.Equal(2, Regex.Matches(exemplars, $"\"trace_id\":\"{Trace}\"").Count);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(
        app => app.MapGet("/work", (IMeterFactory meters) =>
        {
            var meter = meters.Create(Name);
            meter.CreateCounter<long>("jobs").Add(1);
            var wait = meter.CreateHistogram("wait", "s", "Waits \"here\".", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
            wait.Record(0.25);
            wait.Record(7);
        }).AllowAnonymous(),
        name: Name);

    private static async Task AskAsync(TestService service, bool sampled)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/work");
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-{(sampled ? "01" : "00")}");
        (await service.SendAsync(request, null)).EnsureSuccessStatusCode().Dispose();
    }

    private static async Task<(string? Type, string Text)> ScrapeAsync(TestService service, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
        using var response = await service.SendAsync(request, TestTokens.Create("metrics"));
        return (response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync());
    }
}
