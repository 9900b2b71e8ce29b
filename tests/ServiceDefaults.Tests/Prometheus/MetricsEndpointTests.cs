using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.Prometheus;

public sealed partial class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_AfterRequests_HoldServerRuntimeAndProcessFamiliesOnceEach()
    {
        var text = await ScrapeAsync();

        var types = TypeLine().Matches(text).Select(m => m.Groups["name"].Value).ToList();
        Assert.Equal(types.Count, types.Distinct().Count());
        foreach (var name in (string[])["http_server_request_duration_seconds", "http_server_active_requests", "kestrel_active_connections", "process_memory_usage_bytes",
            "process_cpu_time_seconds_total", "process_thread_current", "process_uptime_seconds", "dotnet_gc_collections_total", "target_info"])
            Assert.Contains(name, types);
        Assert.Contains("http_route=\"/work/{n}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("http_route=\"/alive\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_Histogram_HasRisingBucketsThatEndInTheCount()
    {
        var text = await ScrapeAsync();

        var buckets = Regex.Matches(text, "http_server_request_duration_seconds_bucket\\{.*/work/.*le=\"(?<le>[^\"]+)\"\\} (?<n>\\d+)");
        var counts = buckets.Select(b => int.Parse(b.Groups["n"].Value)).ToList();
        Assert.True(counts.Count > 5);
        Assert.Equal(counts.Order(), counts);
        Assert.Equal("+Inf", buckets[^1].Groups["le"].Value);
        var total = Regex.Match(text, "http_server_request_duration_seconds_count\\{.*/work/.*\\} (\\d+)").Groups[1].Value;
        Assert.Equal(counts[^1].ToString(), total);
        Assert.Matches("http_server_request_duration_seconds_sum\\{.*/work/.*\\} [0-9.E-]+\n", text);
    }

    [Fact]
    public async Task Metrics_Text_PassesPromtool()
    {
        var text = await ScrapeAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        if (!Promtool.IsInstalled) return;
        Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(text));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("infer", HttpStatusCode.Forbidden)]
    [InlineData("metrics", HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.OK)]
    public async Task Metrics_ByScope_AreAnsweredOrRefused(string? scope, HttpStatusCode expected)
    {
        await using var service = await TestService.StartAsync(_ => { });
        var response = await service.GetAsync("/metrics", scope is null ? null : TestTokens.Create(scope));
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Metrics_ManyScrapesAtOnce_AreAllWhole()
    {
        await using var service = await TestService.StartAsync(_ => { });
        var token = TestTokens.Create("metrics");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ => await (await service.GetAsync("/metrics", token)).Content.ReadAsStringAsync()));
        Assert.All(answers, text => Assert.Single(Regex.Matches(text, "# TYPE process_uptime_seconds gauge")));
    }

    private static async Task<string> ScrapeAsync()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/work/{n}", (int n) => n).AllowAnonymous());
        for (var i = 0; i < 3; i++) await service.GetAsync($"/work/{i}");
        await service.GetAsync("/alive");
        var response = await service.GetAsync("/metrics", TestTokens.Create("metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("^# TYPE (?<name>\\S+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
