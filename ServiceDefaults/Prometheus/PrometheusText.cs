using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ServiceDefaults.Prometheus;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4, or OpenMetrics 1.0 with exemplars.</summary>
internal sealed class PrometheusText(StringBuilder text, PrometheusFormat format)
{
    private const string CounterEnding = "_total";

    public void WriteResource(Resource resource)
    {
        var labels = PrometheusLabels.From(resource.Attributes.Where(a => a.Key.StartsWith("service.", StringComparison.Ordinal)));
        var (family, type) = format.IsOpen ? ("target", "info") : ("target_info", "gauge");
        text.Append("# HELP ").Append(family).Append(" What is measured.\n# TYPE ").Append(family).Append(' ').Append(type).Append('\n');
        WriteSample("target_info", labels, null, 1);
        EndLine();
    }

    /// <summary>Writes the metrics that share a name. Of several kinds under one name the first is kept: a family has one type.</summary>
    public void WriteFamily(string name, IReadOnlyList<Metric> metrics)
    {
        var kind = PrometheusNames.Kind(metrics[0].MetricType);
        var kept = metrics.Where(m => PrometheusNames.Kind(m.MetricType) == kind).ToList();
        var help = kept.Select(m => m.Description).FirstOrDefault(d => !string.IsNullOrEmpty(d)) ?? $"The instrument {metrics[0].Name}.";
        // OpenMetrics names a counter without the ending of its samples.
        var family = format.IsOpen && kind == PrometheusKind.Counter ? name[..^CounterEnding.Length] : name;
        help = help.Replace("\\", "\\\\").Replace("\n", "\\n");
        text.Append("# HELP ").Append(family).Append(' ').Append(format.IsOpen ? help.Replace("\"", "\\\"") : help).Append('\n');
        text.Append("# TYPE ").Append(family).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');

        // One instrument has each label set once; several under one name need the meter's name to tell them apart.
        HashSet<string>? written = kept.Count > 1 ? [] : null;
        foreach (var metric in kept)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                var labels = PrometheusLabels.From(point.Tags, kind == PrometheusKind.Histogram);
                if (written is not null) labels.Add("otel_scope_name", metric.MeterName);
                var series = labels.ToString();
                if (written is null || written.Add(series)) WritePoint(name, metric.MetricType, series, in point);
            }
        }
    }

    /// <summary>OpenMetrics says where it ends, so that a text cut short is found out.</summary>
    public void End()
    {
        if (format.IsOpen) text.Append("# EOF\n");
    }

    private void WritePoint(string name, MetricType type, string labels, ref readonly MetricPoint point)
    {
        if (type == MetricType.Histogram)
        {
            WriteHistogram(name, labels, in point);
            return;
        }

        WriteSample(name, labels, null, type switch
        {
            MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
            MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
            MetricType.LongGauge => point.GetGaugeLastValueLong(),
            _ => point.GetGaugeLastValueDouble(),
        });
        EndLine();
    }

    private void WriteHistogram(string name, string labels, ref readonly MetricPoint point)
    {
        var exemplars = format.IsOpen ? PrometheusExemplar.Of(in point) : [];
        var (count, below) = (0L, double.NegativeInfinity);
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            if (double.IsPositiveInfinity(bucket.ExplicitBound)) continue;
            WriteBucket(name, labels, bucket.ExplicitBound, count, below, exemplars);
            below = bucket.ExplicitBound;
        }

        // An instrument without boundaries has no buckets at all, yet the format wants the last one.
        WriteBucket(name, labels, double.PositiveInfinity, point.GetHistogramCount(), below, exemplars);
        WriteSample(name + "_sum", labels, null, point.GetHistogramSum());
        EndLine();
        WriteSample(name + "_count", labels, null, point.GetHistogramCount());
        EndLine();
    }

    private void WriteBucket(string name, string labels, double bound, long count, double below, List<PrometheusExemplar> exemplars)
    {
        WriteSample(name + "_bucket", labels, format.IsOpen ? Canonical(bound) : Number(bound), count);
        foreach (var exemplar in exemplars)
        {
            if (exemplar.Value <= below || exemplar.Value > bound) continue;
            text.Append(" # {trace_id=\"").Append(exemplar.TraceId).Append("\",span_id=\"").Append(exemplar.SpanId).Append("\"} ").Append(Number(exemplar.Value)).Append(' ')
                .Append((exemplar.At.ToUnixTimeMilliseconds() / 1000.0).ToString("F3", CultureInfo.InvariantCulture));
            break;
        }

        EndLine();
    }

    private void WriteSample(string name, string labels, string? le, double value)
    {
        text.Append(name);
        if (labels.Length > 0 || le is not null)
        {
            text.Append('{').Append(labels);
            if (le is not null) text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(le).Append('"');
            text.Append('}');
        }

        text.Append(' ').Append(Number(value));
    }

    private void EndLine() => text.Append('\n');

    /// <summary>As OpenMetrics spells the bounds of buckets: a whole number too has a point.</summary>
    private static string Canonical(double bound) => Number(bound) is var number && number.AsSpan().ContainsAny(".EIN") ? number : $"{number}.0";

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
