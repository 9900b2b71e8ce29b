using Reliability.Reports;
using Reliability.Soak;

namespace Reliability.Tests.Reports;

public class SoakReportTests
{
    private static readonly SoakLimit Limit = new("rss", "MB", 60);
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(30);

    /// <summary>What grows in the first part and then no more is no leak.</summary>
    [Fact]
    public void Row_GrowthThatEnds_IsGood()
    {
        var row = SoakReport.Row(Series(minute => Math.Min(minute, 10) * 20), Time * 0.4);
        Assert.True(row.IsGood);
        Assert.Equal(0, row.PerHour, 9);
        Assert.True(row.First < row.Last);
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(1.1, false)]
    public void Row_GrowthThatGoesOn_IsJudgedByTheLimit(double megabytesAMinute, bool isGood)
    {
        var row = SoakReport.Row(Series(minute => 300 + (minute * megabytesAMinute)), Time * 0.4);
        Assert.Equal(megabytesAMinute * 60, row.PerHour, 6);
        Assert.Equal(isGood, row.IsGood);
    }

    [Fact]
    public void Row_TooFewSamples_IsNotGood()
    {
        var series = new SoakSeries("gateway-1", Limit);
        series.Add(TimeSpan.FromMinutes(20), 1);
        Assert.False(SoakReport.Row(series, Time * 0.4).IsGood);
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(15, false)]
    public void Report_SlopeBeyondLimit_FailsOnlyALongSoak(int minutes, bool isGood)
    {
        var report = new SoakReport(7, TimeSpan.FromMinutes(minutes), 16, "redis-server");
        report.Slopes.Add(SoakReport.Row(Series(minute => minute * 2), TimeSpan.Zero));
        Assert.Equal(isGood, report.IsGood);
        Assert.Contains(isGood ? "| not judged |" : "| FAIL |", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_Violation_FailsAnySoak()
    {
        var report = new SoakReport(7, TimeSpan.FromMinutes(1), 16, "redis-server");
        Assert.True(report.IsGood);
        report.Violations.Add("idle at the end, and yet a row is in use");
        Assert.False(report.IsGood);
    }

    private static SoakSeries Series(Func<double, double> valueAtMinute)
    {
        var series = new SoakSeries("gateway-1", Limit);
        for (var minute = 0d; minute <= Time.TotalMinutes; minute += 0.25) series.Add(TimeSpan.FromMinutes(minute), valueAtMinute(minute));
        return series;
    }
}
