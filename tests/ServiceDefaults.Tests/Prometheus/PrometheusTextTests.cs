using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace ServiceDefaults.Tests.Prometheus;

/// <summary>Instruments of every kind, and tags that try to break the format.</summary>
public sealed class PrometheusTextTests
{
    private const string Name = "Text.Tests";

    [Fact]
    public async Task Text_OfEveryInstrument_IsExact()
    {
        var text = await ScrapeAsync(meter =>
        {
            meter.CreateCounter<long>("jobs", "{job}", "Jobs\nseen \\ done").Add(3, [new("model", "a")]);
            meter.CreateCounter<double>("spent", "s").Add(1.5);
            meter.CreateUpDownCounter<long>("depth", "{request}", "Queued.").Add(-2);
            meter.CreateGauge<double>("ratio", "1", "A ratio.").Record(double.NaN);
            meter.CreateObservableGauge("hot", () => double.PositiveInfinity, "Cel", "Heat.");
            var histogram = meter.CreateHistogram("wait", "s", "Waits.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
            foreach (var value in (double[])[0.25, 0.5, 0.75, 9]) histogram.Record(value);
        });

        Assert.Equal("""
            # HELP jobs_total Jobs\nseen \\ done
            # TYPE jobs_total counter
            jobs_total{model="a"} 3
            # HELP spent_seconds_total The instrument spent.
            # TYPE spent_seconds_total counter
            spent_seconds_total 1.5
            # HELP depth Queued.
            # TYPE depth gauge
            depth -2
            # HELP ratio A ratio.
            # TYPE ratio gauge
            ratio NaN
            # HELP hot_celsius Heat.
            # TYPE hot_celsius gauge
            hot_celsius +Inf
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{le="0.5"} 2
            wait_seconds_bucket{le="1"} 3
            wait_seconds_bucket{le="+Inf"} 4
            wait_seconds_sum 10.5
            wait_seconds_count 4

            """.ReplaceLineEndings("\n"), text);
        if (Promtool.IsInstalled) Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(text));
    }

    [Fact]
    public async Task Labels_WithHostileValues_AreEscapedAndMerged()
    {
        var text = await ScrapeAsync(meter =>
        {
            var counter = meter.CreateCounter<long>("odd");
            counter.Add(1, [new("quote", "say \"hi\"\\\n# TYPE fake counter")]);
            counter.Add(1, [new("a.b", "1"), new("a_b", "2")]);
            counter.Add(1, [new("flag", true), new("number", 1.5), new("nothing", null)]);
            meter.CreateHistogram("size", "By", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [] }).Record(7, [new("le", "mine")]);
        });

        Assert.Contains("odd_total{quote=\"say \\\"hi\\\"\\\\\\n# TYPE fake counter\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("odd_total{a_b=\"1;2\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("odd_total{flag=\"true\",nothing=\"\",number=\"1.5\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("size_bytes_bucket{exported_le=\"mine\",le=\"+Inf\"} 1\n", text, StringComparison.Ordinal);
        if (Promtool.IsInstalled) Assert.Equal((0, ""), await Promtool.CheckMetricsAsync(text));
    }

    [Fact]
    public async Task Instruments_ThatShareAName_BecomeOneFamilyOfOneType()
    {
        var text = await ScrapeAsync(meter =>
        {
            meter.CreateGauge<long>("same.name", description: "First.").Record(1);
            meter.CreateGauge<long>("same_name", description: "Second.").Record(2);
            meter.CreateHistogram<double>("same/name").Record(3);
        });

        Assert.Equal("# HELP same_name First.\n# TYPE same_name gauge\nsame_name{otel_scope_name=\"Text.Tests\"} 1\n", text);
    }

    [Fact]
    public async Task LabelSets_BeyondTheLimit_ShareOneSeries()
    {
        var text = await ScrapeAsync(meter =>
        {
            var counter = meter.CreateCounter<long>("many");
            for (var i = 0; i < 3000; i++) counter.Add(1, [new("id", i)]);
        });

        Assert.InRange(text.Split('\n').Length, 1000, 2100);
        Assert.Matches("many_total\\{otel_metric_overflow=\"true\"\\} 1[0-9]{3}\n", text);
    }

    private static async Task<string> ScrapeAsync(Action<Meter> record)
    {
        await using var service = await TestService.StartAsync(_ => { }, name: Name);
        record(service.Services.GetRequiredService<IMeterFactory>().Create(Name));
        var text = await (await service.GetAsync("/metrics", TestTokens.Create("metrics"))).Content.ReadAsStringAsync();
        // What the framework measures comes before: the test's instruments were made last.
        var own = text.Split("# HELP ", StringSplitOptions.RemoveEmptyEntries).Where(f => !Framework.Any(f.StartsWith)).ToList();
        return string.Concat(own.Select(f => "# HELP " + f));
    }

    private static readonly string[] Framework = ["target_info", "dotnet_", "process_", "http_", "kestrel_", "aspnetcore_"];
}
