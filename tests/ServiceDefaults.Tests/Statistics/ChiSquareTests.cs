using ServiceDefaults.Statistics;

namespace ServiceDefaults.Tests.Statistics;

public class ChiSquareTests
{
    [Fact]
    public void Test_OfSeededCounts_SaysWhatScipySays()
    {
        foreach (var c in StatisticsFixture.Root.GetProperty("chi_square").EnumerateArray())
        {
            long[] first = [.. c.GetProperty("first").EnumerateArray().Select(n => n.GetInt64())], second = [.. c.GetProperty("second").EnumerateArray().Select(n => n.GetInt64())];

            var (statistic, p) = ChiSquare.Test(first, second);

            KolmogorovSmirnovTests.AssertClose(c, "statistic", statistic, 1e-6 * Math.Max(1, statistic));
            KolmogorovSmirnovTests.AssertClose(c, "p", p, 1e-9);
        }
    }

    [Fact]
    public void Gamma_IsWhatScipySays()
    {
        foreach (var c in StatisticsFixture.Root.GetProperty("gamma").EnumerateArray())
            KolmogorovSmirnovTests.AssertClose(c, "q", IncompleteGamma.Upper(c.GetProperty("a").GetDouble(), c.GetProperty("x").GetDouble()), 1e-9);
    }

    [Theory]
    [InlineData(new long[] { 5, 0 }, new long[] { 5, 0 })]
    [InlineData(new long[] { 0, 0 }, new long[] { 3, 2 })]
    public void Test_OfNothingToCompare_SaysThatNothingIsUnlikely(long[] first, long[] second) => Assert.Equal(1, ChiSquare.Test(first, second).PValue);

    [Fact]
    public void Pool_PutsRareClassesTogetherAndLosesNone()
    {
        var (first, second) = ChiSquare.Pool([500, 480, 12, 8, 0], [250, 240, 6, 4, 0], least: 10);

        Assert.Equal([500, 480, 20], first);
        Assert.Equal([250, 240, 10], second);
    }

    [Fact]
    public void Pool_OfASingleRareClass_JoinsTheNextRarest()
    {
        var (first, second) = ChiSquare.Pool([500, 499, 1], [250, 250, 0], least: 10);

        Assert.Equal([500, 500], first);
        Assert.Equal([250, 250], second);
    }
}
