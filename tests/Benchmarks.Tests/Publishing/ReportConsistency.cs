using System.Globalization;
using System.Text.RegularExpressions;
using Benchmarks.Publishing;

namespace Benchmarks.Tests.Publishing;

/// <summary>Compares what README.md claims with docs/benchmarks.md, and the comparisons there with the tables they come from: text alone, as a reader sees it.</summary>
internal static partial class ReportConsistency
{
    /// <param name="report">Null where nothing has been measured yet.</param>
    /// <returns>What does not agree; empty where all does.</returns>
    public static List<string> Problems(string readme, string? report)
    {
        var shown = Rows(ReadmeSection.Read(readme));
        if (report is null) return shown.Count == 0 ? [] : ["README.md shows figures, but docs/benchmarks.md is not there."];
        List<string> problems = [];
        var from = report.IndexOf($"## {ReportDocument.ComparisonsTitle}", StringComparison.Ordinal);
        var to = report.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        var comparisons = Rows(report[from..to]);
        var details = Rows(report[to..]);
        if (comparisons.Count == 0) problems.Add("docs/benchmarks.md compares nothing.");
        foreach (var row in shown.Where(row => !comparisons.Any(c => c.SequenceEqual(row)))) problems.Add($"README.md says what docs/benchmarks.md does not: {string.Join(" | ", row)}");
        foreach (var row in comparisons)
        {
            var line = string.Join(" | ", row);
            var (ours, rival, ratio) = (Parse(row[2]), Parse(row[3]), Number(row[4]));
            var expected = row[1].EndsWith("/s", StringComparison.Ordinal) ? ours.Value / rival.Value : rival.Value / ours.Value;
            // As printed, with two places.
            if (Math.Abs(expected - ratio) > 0.00501) problems.Add($"The figures give {expected:0.000}: {line}");
            if (expected < 1 && !shown.Any(s => s.SequenceEqual(row))) problems.Add($"README.md keeps a loss to itself: {line}");
            foreach (var side in (Side[])[ours, rival])
            {
                if (!details.Any(d => d.Contains(side.System) && d.Contains(side.Text))) problems.Add($"No table has {side.System} at {side.Text}: {line}");
            }
        }

        return problems;
    }

    /// <summary>The cells of all rows of all tables, without their headers.</summary>
    private static List<string[]> Rows(string markdown)
    {
        List<string[]> rows = [];
        var lines = markdown.Split('\n');
        for (var i = 2; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith('|') || !lines[i - 1].StartsWith('|') || lines[i].StartsWith("| ---", StringComparison.Ordinal)) continue;
            rows.Add([.. lines[i].Trim().Trim('|').Split(" | ").Select(c => c.Trim())]);
        }

        return rows;
    }

    private static Side Parse(string cell)
    {
        var match = SystemAndFigure().Match(cell);
        return new(match.Groups["system"].Value, match.Groups["figure"].Value, Number(match.Groups["figure"].Value));
    }

    private static double Number(string text) => double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<system>.+): (?<figure>[\d.]+( \(.+\))?)$")]
    private static partial Regex SystemAndFigure();

    private sealed record Side(string System, string Text, double Value);
}
