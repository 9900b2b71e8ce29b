namespace Benchmarks.Publishing;

/// <summary>The part of README.md between two markers: the claims that matter most, and every claim that is lost.</summary>
internal static class ReadmeSection
{
    public const string Begin = "<!-- benchmarks -->", End = "<!-- /benchmarks -->";

    /// <exception cref="InvalidDataException">The markers are not there, or not in order.</exception>
    public static string Replace(string readme, string content)
    {
        var (from, to) = Range(readme);
        return $"{readme[..from]}\n{content}\n{readme[to..]}";
    }

    /// <inheritdoc cref="Replace"/>
    public static string Read(string readme)
    {
        var (from, to) = Range(readme);
        return readme[from..to].Trim();
    }

    public static string Of(ReportDocument report)
    {
        var lost = report.Claims.Where(c => c.IsLost).ToList();
        var others = lost.Where(c => !c.IsHeadline).ToList();
        var warnings = string.Concat(report.Warnings().Select(w => $"> **Warning.** {w}\n\n"));
        return $"""
            {report.Origin} Medians, with the least and the most round in brackets; [docs/benchmarks.md](docs/benchmarks.md) has all figures, versions and plots.

            {warnings}{Table(report.Claims.Where(c => c.IsHeadline))}
            Below 1 × the rival is better: {lost.Count} of all {report.Claims.Count} comparisons{(others.Count == 0 ? "." : $", of which these are not above:\n\n{Table(others)}")}
            """.TrimEnd() + "\n";
    }

    private static MarkdownTable Table(IEnumerable<Claim> claims)
    {
        var table = new MarkdownTable(2, Claim.Header);
        foreach (var claim in claims) table.Add(claim.Cells);
        return table;
    }

    private static (int From, int To) Range(string readme)
    {
        var from = readme.IndexOf(Begin, StringComparison.Ordinal);
        var to = readme.IndexOf(End, StringComparison.Ordinal);
        return from >= 0 && to > from ? (from + Begin.Length, to) : throw new InvalidDataException($"README.md has no {Begin} before {End}.");
    }
}
