using System.Text.Json;
using ServiceDefaults.Statistics;

namespace ServiceDefaults.Tests.Statistics;

public class KolmogorovSmirnovTests
{
    [Fact]
    public void Test_OfSeededSamples_SaysWhatScipySays()
    {
        var cases = StatisticsFixture.Root.GetProperty("kolmogorov_smirnov").EnumerateArray().ToArray();
        Assert.True(cases.Length > 150);
        foreach (var c in cases)
        {
            var seed = c.GetProperty("seed").GetUInt32();
            var first = StatisticsFixture.Values(seed, c.GetProperty("m").GetInt32(), c.GetProperty("first").GetString()!, 0);
            var second = StatisticsFixture.Values(seed + 1, c.GetProperty("n").GetInt32(), c.GetProperty("second").GetString()!, c.GetProperty("shift").GetDouble());

            var (statistic, p) = KolmogorovSmirnov.Test(first, second);

            AssertClose(c, "statistic", statistic, 1e-12);
            AssertClose(c, "p", p, first.Length <= KolmogorovSmirnov.MostExact ? 1e-6 : 1e-5);
            // What is all but impossible counts too; below that scipy gives up on the exact value.
            if (c.GetProperty("p").GetDouble() is > 1e-250 and var expected && first.Length <= KolmogorovSmirnov.MostExact) Assert.Equal(1, p / expected, 1e-6);
        }
    }

    [Fact]
    public void Test_IsSymmetric()
    {
        var (first, second) = (StatisticsFixture.Values(1, 37, "many", 0), StatisticsFixture.Values(2, 81, "many", 5));

        Assert.Equal(KolmogorovSmirnov.Test(first, second).PValue, KolmogorovSmirnov.Test(second, first).PValue, 1e-13);
    }

    [Fact]
    public void Test_OfNothing_IsRefused() => Assert.Throws<ArgumentException>(() => KolmogorovSmirnov.Test([], [1f]));

    internal static void AssertClose(JsonElement c, string name, double actual, double tolerance)
        => Assert.True(Math.Abs(c.GetProperty(name).GetDouble() - actual) <= tolerance, $"{name}: {actual} for {c}");
}
