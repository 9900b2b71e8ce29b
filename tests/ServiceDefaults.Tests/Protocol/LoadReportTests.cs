namespace ServiceDefaults.Tests.Protocol;

public sealed class LoadReportTests
{
    [Theory]
    [InlineData("TEXT named_metrics.queued_tokens=12,named_metrics.in_flight=3,named_metrics.draining=0", 12, false)]
    [InlineData("TEXT named_metrics.draining=1, named_metrics.queued_tokens=7.5 ", 7.5, true)]
    [InlineData("TEXT cpu_utilization=0.3,mem_utilization=0.8", 0, false)]
    [InlineData("TEXT ", 0, false)]
    [InlineData("TEXT named_metrics.queued_tokens=-5", 0, false)]
    [InlineData("TEXT named_metrics.queued_tokens=NaN,named_metrics.draining=Infinity", 0, false)]
    [InlineData("TEXT named_metrics.queued_tokens=1e400,named_metrics.queued_tokens=,=,=3,,named_metrics.queued_tokens", 0, false)]
    public void Parse_TextForm_ReadsWhatIsOurs(string header, double tokens, bool draining)
    {
        Assert.True(LoadReport.TryParse(header, out var report));
        Assert.Equal(new LoadReport(tokens, draining), report);
    }

    [Theory]
    [InlineData("")]
    [InlineData("TEXT")]
    [InlineData("JSON {\"named_metrics\":{\"queued_tokens\":12}}")]
    [InlineData("named_metrics.queued_tokens=12")]
    public void Parse_AnyOtherForm_IsNoReport(string header) => Assert.False(LoadReport.TryParse(header, out _));

    [Theory]
    [InlineData(0, false)]
    [InlineData(12, true)]
    [InlineData(1L << 53, false)]
    public void Report_Formatted_IsReadAgain(long tokens, bool draining)
    {
        Assert.True(LoadReport.TryParse(LoadReport.Format(tokens, 3, 0.25, 2, draining), out var report));
        Assert.Equal(new LoadReport(tokens, draining), report);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(0.123456, "0.123")]
    public void Report_Formatted_LooksAsItAlwaysDid(double use, string kvUse) => Assert.Equal(
        $"TEXT named_metrics.queued_tokens=12,named_metrics.in_flight=3,named_metrics.kv_use={kvUse},named_metrics.models_ready=2,named_metrics.draining=1",
        LoadReport.Format(12, 3, use, 2, draining: true));
}
