using System.Globalization;
using System.Text;
using OpenTelemetry;

namespace ServiceDefaults.Prometheus;

/// <summary>Writes a label set in the text format. Tags whose names become the same label share it, their values joined by ';'.</summary>
internal sealed class PrometheusLabels(bool histogram)
{
    private readonly SortedDictionary<string, string> _labels = new(StringComparer.Ordinal);

    public static PrometheusLabels From(ReadOnlyTagCollection tags, bool histogram)
    {
        var labels = new PrometheusLabels(histogram);
        foreach (var tag in tags) labels.Add(tag.Key, tag.Value);
        return labels;
    }

    public static string From(IEnumerable<KeyValuePair<string, object>> tags)
    {
        var labels = new PrometheusLabels(histogram: false);
        foreach (var tag in tags) labels.Add(tag.Key, tag.Value);
        return labels.ToString();
    }

    public void Add(string name, object? value)
    {
        var label = PrometheusNames.Label(name);
        // A histogram's buckets own this label.
        if (histogram && label == "le") label = "exported_le";
        var text = value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        _labels[label] = _labels.TryGetValue(label, out var before) ? $"{before};{text}" : text;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (label, value) in _labels)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(label).Append("=\"").Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return text.ToString();
    }
}
