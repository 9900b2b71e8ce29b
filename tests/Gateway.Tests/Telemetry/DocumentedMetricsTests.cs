using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.Telemetry;

/// <summary>The gateway after some traffic, against docs/observability.md; and that nothing which a caller writes becomes a series.</summary>
[Collection(ScrapedCollection.Name)]
public sealed class DocumentedMetricsTests(GatewayProcess gateway)
{
    private const string Section = "Gateway";
    private const int Requests = 10_000;

    [Fact]
    public async Task Instruments_AfterTraffic_AreThoseOfTheDocument()
    {
        await using var host = await GatewayHost.StartAsync();
        using var document = new MetricsDocument(host.Services.GetRequiredService<IMeterFactory>(), "Gateway");
        using var client = host.CreateInferClient();

        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.Empty(document.Faults(Section));
    }

    [Fact]
    public async Task Scrape_AfterTraffic_HasTheFamiliesAndLabelsOfTheDocument()
    {
        await AnswerWithUsageAsync();
        for (var i = 0; i < 2; i++) (await AskAsync(TestTokens.Create(claims: new Dictionary<string, object> { ["tier"] = "narrow" }))).Dispose();
        (await AskAsync(null)).Dispose();

        var scrape = await gateway.ScrapeAsync();

        Assert.Empty(MetricsDocument.Faults(scrape));
        Assert.DoesNotContain(MetricsDocument.Silent("Process", scrape), _ => OperatingSystem.IsLinux());
        Assert.Contains("gateway_rate_limited_total{kind=\"requests\",tier=\"narrow\"} 1\n", scrape.Text, StringComparison.Ordinal);
        Assert.Contains("gateway_tokens_total{model=\"sentiment\",type=\"input\"}", scrape.Text, StringComparison.Ordinal);
        Assert.Contains("gateway_model_requests_total{model=\"sentiment\",status=\"2xx\"}", scrape.Text, StringComparison.Ordinal);
        Assert.Contains("gateway_request_duration_seconds_count{route=\"predict\",status=\"4xx\"} 2\n", scrape.Text, StringComparison.Ordinal);
        Assert.Contains("gateway_replicas{state=\"ready\"} 1\n", scrape.Text, StringComparison.Ordinal);
        // What nothing went wrong for has nothing to say here.
        Assert.Equal(
            [
                "gateway_audit_dropped_total", "gateway_audit_written_total", "gateway_proxy_failures_total", "gateway_proxy_retries_refused_total", "gateway_proxy_retries_total",
                "gateway_proxy_streams_cut_total", "gateway_replica_ejections_total",
            ],
            MetricsDocument.Silent(Section, scrape).Where(f => f != "gateway_rate_limit_overrun"));
        if (Promtool.IsInstalled) Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(scrape.Text));
    }

    [Fact]
    public async Task Series_AfterThousandsOfModelNamesAndSubjects_AreAsManyAsBefore()
    {
        for (var i = 0; i < 20; i++) await AskForAsync(i);
        var before = (await gateway.ScrapeAsync()).Series;

        await Parallel.ForAsync(20, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await AskForAsync(i));
        var after = (await gateway.ScrapeAsync()).Series;

        // The framework's own meters gain a few as the process gets busier, such as one more connection to the model server.
        string[] own = ["gateway_", "http_server_", "process_", "target_info"];
        Assert.DoesNotContain(after.Except(before), s => Array.Exists(own, prefix => s.StartsWith(prefix, StringComparison.Ordinal)));
        Assert.InRange(after.Length - before.Length, 0, 120);
        Assert.DoesNotContain(after, s => s.Contains("wanted-", StringComparison.OrdinalIgnoreCase) || s.Contains("caller-", StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> AskAsync(string? token)
        => gateway.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { text = "fine" }) }, token);

    /// <summary>A model server that names a model of its own and, wrongly, one that it does not list.</summary>
    private async Task AnswerWithUsageAsync()
    {
        foreach (var model in new[] { "sentiment", "wanted-by-nobody" })
        {
            gateway.Replica.Answer = async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                new ReportedUsage(model, 7, 3).WriteTo(context.Response.Headers);
                await context.Response.WriteAsJsonAsync(new { label = "POSITIVE" });
            };
            (await AskAsync(TestTokens.Create())).EnsureSuccessStatusCode().Dispose();
        }
    }

    /// <summary>A name that no model has, by a caller never seen, in one of several ways; the model server repeats it.</summary>
    private async Task AskForAsync(int i)
    {
        using var request = (i % 4) switch
        {
            0 => new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = JsonContent.Create(new { model = $"wanted-{i}", input = "one" }) },
            1 => new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { model = $"wanted-{i}:{i}", text = "one" }) },
            2 => new HttpRequestMessage(HttpMethod.Get, $"/v1/models/wanted-{i}"),
            _ => new HttpRequestMessage(new HttpMethod($"WANTED-{i}"), $"/wanted-{i}?wanted-{i}=1"),
        };
        request.Headers.UserAgent.ParseAdd($"wanted-{i}/1.0");
        using var response = await gateway.SendAsync(request, TestTokens.Create(subject: $"caller-{i}", claims: new Dictionary<string, object> { ["tier"] = $"wanted-{i}" }));
    }
}
