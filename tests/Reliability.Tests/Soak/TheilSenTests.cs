using Reliability.Soak;

namespace Reliability.Tests.Soak;

public class TheilSenTests
{
    [Fact]
    public void Of_Line_IsItsSlope()
    {
        var slope = TheilSen.Of([.. Enumerable.Range(0, 20).Select(i => (i / 10d, 5 + (3 * i / 10d)))]);
        Assert.Equal(3, slope.Slope, 9);
        Assert.Equal(3, slope.Low, 9);
        Assert.Equal(3, slope.High, 9);
    }

    /// <summary>A quarter of the samples may be anything: least squares would say 100 and more.</summary>
    [Fact]
    public void Of_LineWithOutliers_IsItsSlope()
        => Assert.Equal(1, TheilSen.Of([.. Enumerable.Range(0, 40).Select(i => ((double)i, i % 4 == 3 ? i * 500d : i))]).Slope, 0.5);

    [Fact]
    public void Of_NoiseWithoutGrowth_HasZeroInItsInterval()
    {
        var random = new Random(1);
        var slope = TheilSen.Of([.. Enumerable.Range(0, 100).Select(i => ((double)i, random.NextDouble()))]);
        Assert.InRange(0, slope.Low, slope.High);
        Assert.True(slope.Low < slope.Slope && slope.Slope < slope.High);
    }

    [Fact]
    public void Of_GrowthBelowTheNoise_IsFound()
    {
        var random = new Random(2);
        var slope = TheilSen.Of([.. Enumerable.Range(0, 200).Select(i => ((double)i, (0.1 * i) + (5 * random.NextDouble())))]);
        Assert.InRange(slope.Slope, 0.09, 0.11);
        Assert.True(slope.Low > 0);
    }

    [Fact]
    public void Of_OneMoment_IsNoNumber()
    {
        Assert.Equal(double.NaN, TheilSen.Of([]).Slope);
        Assert.Equal(double.NaN, TheilSen.Of([(1, 1), (1, 2)]).Slope);
    }
}
