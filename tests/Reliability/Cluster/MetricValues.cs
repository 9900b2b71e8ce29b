using System.Globalization;

namespace Reliability.Cluster;

/// <summary>Values in the Prometheus text format.</summary>
internal static class MetricValues
{
    public static IEnumerable<(string Series, double Value)> Read(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            // An exemplar stands behind the value.
            var sample = line.IndexOf(" # ", StringComparison.Ordinal) is >= 0 and var exemplar ? line[..exemplar] : line;
            var end = sample.LastIndexOf(' ');
            if (end > 0 && double.TryParse(sample[(end + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) yield return (sample[..end], value);
        }
    }

    public static string FamilyOf(string series) => series.Split('{')[0];

    /// <summary>The sum over all series of a family; 0 where there is none.</summary>
    public static double Sum(string text, string family) => Read(text).Where(s => FamilyOf(s.Series) == family).Sum(s => s.Value);
}
