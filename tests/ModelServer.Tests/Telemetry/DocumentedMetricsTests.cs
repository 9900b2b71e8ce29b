using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Telemetry;

/// <summary>The model server after some traffic, against docs/observability.md.</summary>
[Collection(ScrapedCollection.Name)]
public sealed class DocumentedMetricsTests(ScrapedServer server)
{
    private const string Section = "Model server";

    [Fact]
    public async Task Instruments_AfterTraffic_AreThoseOfTheDocument()
    {
        using var models = new TemporaryModels();
        ScrapedServer.Write(models);
        using var host = new ModelServerHost(models.Path);
        using var document = new MetricsDocument(host.Services.GetRequiredService<IMeterFactory>(), "ModelServer");

        await ScrapedServer.AskAsync(await host.CreateReadyClientAsync());

        Assert.Empty(document.Faults(Section));
    }

    [Fact]
    public async Task Scrape_AfterTraffic_HasTheFamiliesAndLabelsOfTheDocument()
    {
        var scrape = await server.ScrapeAsync();

        Assert.Empty(MetricsDocument.Faults(scrape));
        Assert.DoesNotContain(MetricsDocument.Silent("Process", scrape), _ => OperatingSystem.IsLinux());
        // What needs Redis, a GPU, a grammar, a draft, a long prompt, a large encoder, or a caller who leaves has nothing to say here.
        string[] quiet =
        [
            "cache_errors_total", "cache_redis_duration_seconds", "constraint_compile_duration_seconds", "constraint_grammars_total", "constraint_masks_total",
            "generation_draft_repeated_tokens_total", "generation_draft_tokens_total",
            "generation_prefix_answer_tokens_total", "generation_prefix_evictions_total", "generation_prefix_lookups_total", "generation_prefix_memory_bytes", "generation_prefix_tokens_total", "generation_wasted_tokens_total",
            "model_lone_runs_total", "model_wasted_tokens_total",
        ];
        Assert.Equal(quiet, MetricsDocument.Silent(Section, scrape).Where(f => !f.StartsWith("gpu_", StringComparison.Ordinal)));
        Assert.DoesNotContain("otel_metric_overflow", scrape.Text, StringComparison.Ordinal);
        if (Promtool.IsInstalled) Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(scrape.Text));
    }

    [Fact]
    public async Task States_OfEveryVersion_AreOneForTheStateItIsInAndZeroForOthers()
    {
        var text = (await server.ScrapeAsync()).Text;

        Assert.Contains("model_state{model=\"tiny-embedding:1\",state=\"ready\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("model_state{model=\"tiny-embedding:1\",state=\"error\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("model_state{model=\"broken:1\",state=\"error\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("model_load_duration_seconds_count{model=\"tiny-embedding:1\",outcome=\"ready\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("model_load_duration_seconds_count{model=\"broken:1\",outcome=\"error\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("model_kv_cache_usage_ratio{model=\"tiny-decoder:1\"} 0\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("model_kv_cache_usage_ratio{model=\"tiny-embedding:1\"}", text, StringComparison.Ordinal);
        // As the endpoint picker of the Gateway API inference extension reads them.
        foreach (var gauge in new[] { "modelserver_queued_requests", "modelserver_running_requests", "modelserver_kv_cache_usage_ratio" })
            Assert.Contains($"\n{gauge} 0\n", text, StringComparison.Ordinal);
    }
}
