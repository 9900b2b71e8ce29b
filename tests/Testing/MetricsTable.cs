using System.Text.RegularExpressions;

namespace Testing;

/// <summary>One row of the tables in docs/observability.md.</summary>
/// <param name="Section">The heading that the table stands under.</param>
/// <param name="Instrument">As OpenTelemetry names it.</param>
/// <param name="Family">As Prometheus names it.</param>
/// <param name="Labels">Those that its series may have.</param>
public sealed partial record DocumentedMetric(string Section, string Instrument, string Family, string Kind, string Unit, string[] Labels)
{
    public static DocumentedMetric[] All { get; } = [.. Read()];

    /// <summary>The names that its samples have.</summary>
    public IEnumerable<string> Series => Kind == "histogram" ? [$"{Family}_bucket", $"{Family}_sum", $"{Family}_count"] : [Family];

    private static IEnumerable<DocumentedMetric> Read()
    {
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(RepositoryPaths.Root, "docs", "observability.md")))
        {
            if (line.StartsWith('#')) section = line.TrimStart('#').Trim();
            if (Row().Match(line) is not { Success: true } row) continue;
            var labels = Word().Matches(row.Groups["labels"].Value).Select(m => m.Groups[1].Value).ToArray();
            yield return new(section, row.Groups["instrument"].Value, row.Groups["family"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value, labels);
        }
    }

    [GeneratedRegex(@"^\| `(?<instrument>[^`]+)` \| `(?<family>[a-z0-9_]+)` \| (?<kind>counter|gauge|histogram) \| (?:`(?<unit>[^`]+)`)? ?\| (?<labels>[^|]*) ?\|")]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Word();
}
