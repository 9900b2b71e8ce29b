using Reliability.Cluster;

namespace Reliability.Tests.Cluster;

public class MetricValuesTests
{
    private const string Text = """
        # HELP a_total what
        # TYPE a_total counter
        a_total{kind="x y"} 3 # {trace_id="1"} 1 1700000000
        a_total{kind="z"} 4
        a_total_other 9
        b 1.5e3
        """;

    [Theory]
    [InlineData("a_total", 7)]
    [InlineData("b", 1500)]
    [InlineData("c", 0)]
    public void Sum_IsOfTheFamilyAlone(string family, double sum) => Assert.Equal(sum, MetricValues.Sum(Text, family));
}
