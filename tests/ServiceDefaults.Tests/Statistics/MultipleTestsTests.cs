using ServiceDefaults.Statistics;

namespace ServiceDefaults.Tests.Statistics;

public class MultipleTestsTests
{
    /// <summary>As R's <c>p.adjust</c> and statsmodels' <c>multipletests</c> answer.</summary>
    [Theory]
    [InlineData(Correction.None, new[] { 0.01, 0.04, 0.03, 0.005 })]
    [InlineData(Correction.Bonferroni, new[] { 0.04, 0.16, 0.12, 0.02 })]
    [InlineData(Correction.Holm, new[] { 0.03, 0.06, 0.06, 0.02 })]
    [InlineData(Correction.BenjaminiHochberg, new[] { 0.02, 0.04, 0.04, 0.02 })]
    public void Adjust_KeepsOrderAndPlaces(Correction correction, double[] expected)
    {
        var adjusted = MultipleTests.Adjust([0.01, 0.04, 0.03, 0.005], correction);

        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], adjusted[i], 1e-12);
    }

    [Fact]
    public void Adjust_OfNothing_IsNothing() => Assert.Empty(MultipleTests.Adjust([], Correction.Holm));
}
