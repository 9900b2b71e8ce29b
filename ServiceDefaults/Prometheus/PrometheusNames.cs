using System.Text;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Prometheus;

/// <summary>Makes Prometheus names of OpenTelemetry names, by the compatibility rules of the OpenTelemetry specification.</summary>
internal static class PrometheusNames
{
    public static string Family(Metric metric) => Family(metric.Name, metric.Unit, Kind(metric.MetricType));

    public static string Family(string name, string unit, PrometheusKind kind)
    {
        var family = Sanitize(name, allowColon: true);
        if (kind == PrometheusKind.Counter && family.EndsWith("_total", StringComparison.Ordinal)) family = family[..^"_total".Length];
        if (UnitSuffix(unit, kind) is { Length: > 0 } suffix && !family.EndsWith(suffix, StringComparison.Ordinal)) family = $"{family}_{suffix}";
        if (kind == PrometheusKind.Counter) return family + "_total";
        // These endings belong to counters' and histograms' own series: dotnet.thread_pool.thread.count is a plain number.
        if (kind == PrometheusKind.Gauge)
            foreach (var reserved in (string[])["_count", "_total", "_sum", "_bucket"])
                if (family.EndsWith(reserved, StringComparison.Ordinal)) return family[..^reserved.Length] + "_current";
        return family;
    }

    public static PrometheusKind Kind(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => PrometheusKind.Counter,
        MetricType.Histogram or MetricType.ExponentialHistogram => PrometheusKind.Histogram,
        _ => PrometheusKind.Gauge,
    };

    public static string Label(string name) => Sanitize(name, allowColon: false);

    private static string Sanitize(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) clean.Append('_');
        foreach (var c in name)
        {
            var good = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':');
            if (good) clean.Append(c);
            else if (clean.Length == 0 || clean[^1] != '_') clean.Append('_');
        }

        // Names that begin with two underscores are Prometheus' own; runs have become one above.
        return clean.ToString();
    }

    private static string UnitSuffix(string unit, PrometheusKind kind)
    {
        // Braces annotate ({request}); they are not units.
        var (open, close) = (unit.IndexOf('{'), unit.IndexOf('}'));
        if (open >= 0 && close > open) unit = unit.Remove(open, close - open + 1);
        if (unit is "1") return kind == PrometheusKind.Gauge ? "ratio" : "";
        if (unit.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash)
        {
            var (top, bottom) = (unit[..slash], unit[(slash + 1)..]);
            if (bottom.Length == 0) return "";
            var per = bottom switch { "s" => "per_second", "min" => "per_minute", "h" => "per_hour", "d" => "per_day", _ => $"per_{UnitWord(bottom)}" };
            return top.Length == 0 ? per : $"{UnitWord(top)}_{per}";
        }

        return unit.Length == 0 ? "" : UnitWord(unit);
    }

    private static string UnitWord(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "kBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "J" => "joules",
        "W" => "watts",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        _ => Label(unit).Trim('_'),
    };
}

internal enum PrometheusKind
{
    Gauge,
    Counter,
    Histogram,
}
