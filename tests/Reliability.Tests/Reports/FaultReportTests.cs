using Reliability.Faults;
using Reliability.Load;
using Reliability.Reports;

namespace Reliability.Tests.Reports;

public class FaultReportTests
{
    private static readonly FaultResult Pass = new(
        "redis-killed", "Redis is killed", 0, null, 50, new Dictionary<Outcome, int> { [Outcome.Answered] = 100, [Outcome.ErrorEvent] = 2 }, 120, 3, 1.5, [], [], ["a note"]);

    [Fact]
    public void Report_WithoutLoss_IsGood()
    {
        var report = Report(Pass);
        Assert.True(report.IsGood);
        Assert.Contains("| redis-killed | 50 | 102 | 100 | 2 ErrorEvent | 0 | 3 | 120 | 1.5 | pass |", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("No promise was broken.", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_WithLoss_FailsAndSaysHowToRepeatIt()
    {
        var report = Report(Pass with { Lost = [new(Outcome.ErrorEvent, "/v1/completions", 2, "cut\noff")] });
        Assert.False(report.IsGood);
        Assert.Contains("- LOST: 2 x ErrorEvent on /v1/completions: cut off", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| 100 |  | 2 | 3 | 120 | 1.5 | FAIL |", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("--only redis-killed --seed 7", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_WithViolation_Fails() => Assert.False(Report(Pass with { Violations = ["it did not recover"] }).IsGood);

    [Fact]
    public void Report_WithUnforeseenException_Fails()
    {
        var report = Report(Pass);
        report.Unforeseen.Add("gateway-1.log:3: fail");
        Assert.False(report.IsGood);
    }

    [Fact]
    public void Report_Skipped_IsSaid_AndProvesNothingAlone()
    {
        var skipped = FaultResult.Skip(new Fault("disk-full", "", _ => Task.CompletedTask), 0, "it needs root");
        Assert.False(Report(skipped).IsGood);
        Assert.True(Report(skipped, Pass).IsGood);
        Assert.Contains("- skipped: it needs root", Report(skipped, Pass).ToMarkdown(), StringComparison.Ordinal);
    }

    private static FaultReport Report(params FaultResult[] results)
    {
        var report = new FaultReport(7, 24, "redis-server") { Minutes = 1 };
        report.Results.AddRange(results);
        return report;
    }
}
