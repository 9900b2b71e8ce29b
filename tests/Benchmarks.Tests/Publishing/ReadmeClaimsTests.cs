using System.Text.RegularExpressions;
using Benchmarks.Publishing;
using Testing;

namespace Benchmarks.Tests.Publishing;

public sealed class ReadmeClaimsTests
{
    private const string Skeleton = $"# Title\n\n## Measured\n\n{ReadmeSection.Begin}\n{ReadmeSection.End}\n\n## Next\n";
    private static readonly string ReportPath = Path.Combine(RepositoryPaths.Root, "docs", "benchmarks.md");
    private readonly string _report;
    private readonly string _readme;

    public ReadmeClaimsTests()
    {
        var report = new ReportDocument(SampleResults.Read());
        (_report, _readme) = (report.ToString(), ReadmeSection.Replace(Skeleton, ReadmeSection.Of(report)));
    }

    [Fact]
    public void Readme_OfThisRepository_ClaimsWhatTheReportSays()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));
        var report = File.Exists(ReportPath) ? File.ReadAllText(ReportPath) : null;
        Assert.Empty(ReportConsistency.Problems(readme, report));
    }

    [Fact]
    public void Report_OfThisRepository_ShowsThePlotsThatAreThere()
    {
        var folder = Path.Combine(RepositoryPaths.Root, "docs", "images", "benchmarks");
        string[] there = Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Select(f => Path.GetFileName(f))] : [];
        var shown = File.Exists(ReportPath) ? Regex.Matches(File.ReadAllText(ReportPath), @"\(images/benchmarks/([^)]+)\)").Select(m => m.Groups[1].Value) : [];
        Assert.Equal(there.Order(), shown.Order());
    }

    [Fact]
    public void Problems_OfWhatTheToolWrites_AreNone() => Assert.Empty(ReportConsistency.Problems(_readme, _report));

    [Fact]
    public void Problems_WithoutAReport_AreFiguresInTheReadme()
    {
        Assert.Empty(ReportConsistency.Problems(Skeleton, report: null));
        Assert.NotEmpty(ReportConsistency.Problems(_readme, report: null));
    }

    [Theory]
    [InlineData("server: 36.0 (34.0–38.0)", "server: 39.0 (34.0–38.0)")]
    [InlineData("2.06 ×", "2.60 ×")]
    [InlineData("fastapi w1 t2: 17.5", "fastapi w1 t2: 14.5")]
    public void Problems_OfAnEditedReadme_NameTheRow(string said, string edited)
    {
        Assert.Contains(said, _readme, StringComparison.Ordinal);
        Assert.Contains(ReportConsistency.Problems(_readme.Replace(said, edited, StringComparison.Ordinal), _report), p => p.StartsWith("README.md says", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_OfAReadmeWithoutItsLosses_NameThem()
    {
        var lines = _readme.Split('\n').Where(l => !l.Contains("0.88 ×", StringComparison.Ordinal)).ToArray();
        Assert.NotEqual(_readme.Split('\n').Length, lines.Length);
        Assert.Contains(ReportConsistency.Problems(string.Join('\n', lines), _report), p => p.StartsWith("README.md keeps a loss", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_OfAReportWhoseTablesSayOtherwise_NameTheFigure()
    {
        const string cell = "| 36.0 (34.0–38.0) |";
        Assert.Contains(cell, _report, StringComparison.Ordinal);
        Assert.Contains(
            ReportConsistency.Problems(_readme, _report.Replace(cell, "| 35.0 (34.0–38.0) |", StringComparison.Ordinal)), p => p.StartsWith("No table has server", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_OfARatioThatFiguresDoNotGive_NameIt()
    {
        var (readme, report) = (_readme.Replace("2.06 ×", "2.60 ×", StringComparison.Ordinal), _report.Replace("2.06 ×", "2.60 ×", StringComparison.Ordinal));
        Assert.Contains(ReportConsistency.Problems(readme, report), p => p.StartsWith("The figures give 2.057", StringComparison.Ordinal));
    }
}
