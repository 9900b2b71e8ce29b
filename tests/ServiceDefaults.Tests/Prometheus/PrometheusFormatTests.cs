using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Tests.Prometheus;

public sealed class PrometheusFormatTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("APPLICATION/OpenMetrics-Text; version=1.0.0", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", true)]
    [InlineData("text/plain;q=0.9,application/openmetrics-text;q=0.3", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    public void Format_ByWhatIsAccepted_IsChosen(string accept, bool isOpen)
    {
        MediaTypeHeaderValue.TryParseList([accept], out var types);

        Assert.Equal(isOpen, PrometheusFormat.For([.. types ?? []]).IsOpen);
    }
}
