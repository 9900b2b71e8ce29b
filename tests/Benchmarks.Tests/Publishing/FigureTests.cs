using Benchmarks.Publishing;

namespace Benchmarks.Tests.Publishing;

public sealed class FigureTests
{
    [Fact]
    public void Figure_OfSeveralRounds_IsTheMedianWithItsSpread() => Assert.Equal("36.0 (34.0–38.0)", Figure.Of([38, 34, 36])!.ToString());

    [Fact]
    public void Figure_OfOneRound_HasNoSpread() => Assert.Equal("1234", Figure.Of([1234.4])!.ToString());

    [Fact]
    public void Figure_WithoutValues_IsNone() => Assert.Null(Figure.Of([double.NaN]));

    [Theory]
    [InlineData(0.0456, "0.046")]
    [InlineData(1.234, "1.23")]
    [InlineData(45.67, "45.7")]
    [InlineData(16777.4, "16777")]
    public void Number_OfAnySize_HasThreeDigitsThatCount(double value, string expected) => Assert.Equal(expected, Figure.Number(value));

    [Fact]
    public void Claim_OfRates_TakesTheFastestOfEachSide()
    {
        var claim = Claim.Of("load", "req/s", moreIsBetter: true, [One("server", 30)], [One("slow", 10), One("fast", 20)])!;
        Assert.Equal(["load", "req/s", "server: 30.0", "fast: 20.0", "1.50 ×"], claim.Cells);
        Assert.False(claim.IsLost);
    }

    [Fact]
    public void Claim_OfTimes_IsLostWhereOursIsLonger()
    {
        var claim = Claim.Of("load", "p50 ms", moreIsBetter: false, [One("server", 30)], [One("slow", 40), One("fast", 20)])!;
        Assert.Equal("fast", claim.Rival.System);
        Assert.Equal(2.0 / 3, claim.Ratio, 6);
        Assert.True(claim.IsLost);
    }

    [Fact]
    public void Claim_WithoutARival_IsNone() => Assert.Null(Claim.Of("load", "req/s", moreIsBetter: true, [One("server", 30)], []));

    private static Measured One(string system, double value) => new(system, Figure.Of([value])!);
}
