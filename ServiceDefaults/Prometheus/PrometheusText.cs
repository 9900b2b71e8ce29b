using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ServiceDefaults.Prometheus;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static void WriteResource(StringBuilder text, Resource resource)
    {
        var labels = PrometheusLabels.From(resource.Attributes.Where(a => a.Key.StartsWith("service.", StringComparison.Ordinal)));
        text.Append("# HELP target_info What is measured.\n# TYPE target_info gauge\n");
        WriteSample(text, "target_info", labels, null, 1);
    }

    /// <summary>Writes the metrics that share a name. Of several kinds under one name the first is kept: a family has one type.</summary>
    public static void WriteFamily(StringBuilder text, string name, IReadOnlyList<Metric> metrics)
    {
        var kind = PrometheusNames.Kind(metrics[0].MetricType);
        var kept = metrics.Where(m => PrometheusNames.Kind(m.MetricType) == kind).ToList();
        var help = kept.Select(m => m.Description).FirstOrDefault(d => !string.IsNullOrEmpty(d)) ?? $"The instrument {metrics[0].Name}.";
        text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\").Replace("\n", "\\n")).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');

        // One instrument has each label set once; several under one name need the meter's name to tell them apart.
        HashSet<string>? written = kept.Count > 1 ? [] : null;
        foreach (var metric in kept)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = PrometheusLabels.From(point.Tags, kind == PrometheusKind.Histogram);
                if (written is not null) labels.Add("otel_scope_name", metric.MeterName);
                var series = labels.ToString();
                if (written is null || written.Add(series)) WritePoint(text, name, metric.MetricType, series, in point);
            }
        }
    }

    private static void WritePoint(StringBuilder text, string name, MetricType type, string labels, ref readonly MetricPoint point)
    {
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                WriteSample(text, name, labels, null, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                WriteSample(text, name, labels, null, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                WriteSample(text, name, labels, null, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                WriteSample(text, name, labels, null, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                WriteHistogram(text, name, labels, in point);
                break;
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, ref readonly MetricPoint point)
    {
        long count = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            if (!double.IsPositiveInfinity(bucket.ExplicitBound)) WriteSample(text, name + "_bucket", labels, Number(bucket.ExplicitBound), count);
        }

        // An instrument without boundaries has no buckets at all, yet the format wants the last one.
        WriteSample(text, name + "_bucket", labels, "+Inf", point.GetHistogramCount());
        WriteSample(text, name + "_sum", labels, null, point.GetHistogramSum());
        WriteSample(text, name + "_count", labels, null, point.GetHistogramCount());
    }

    private static void WriteSample(StringBuilder text, string name, string labels, string? le, double value)
    {
        text.Append(name);
        if (labels.Length > 0 || le is not null)
        {
            text.Append('{').Append(labels);
            if (le is not null) text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(le).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
