using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class LoopLayoutTests
{
    private const long Small = 10_000_000, Large = 400_000_000;

    [Theory]
    [InlineData(1, new[] { 16 })]
    [InlineData(2, new[] { 8, 8 })]
    [InlineData(3, new[] { 8, 8, 8 })]
    public void For_SmallGraph_GivesEveryCoreALoop(int cores, int[] rows)
    {
        var layout = LoopLayout.For(Small, new DecoderOptions(), cores);

        Assert.Equal(1, layout.Threads);
        Assert.Equal(rows, layout.Rows);
    }

    [Fact]
    public void For_LargeGraph_GivesOneLoopAllCores()
    {
        var layout = LoopLayout.For(Large, new DecoderOptions(), cores: 12);

        Assert.Equal(12, layout.Threads);
        Assert.Equal([16], layout.Rows);
    }

    [Theory]
    [InlineData(1, 8, new[] { 1 })]
    [InlineData(15, 8, new[] { 15 })]
    [InlineData(17, 8, new[] { 8, 9 })]
    [InlineData(64, 2, new[] { 32, 32 })]
    public void For_RowsByConfiguration_SharesThemAmongLoopsThatAreWorthIt(int rows, int cores, int[] expected)
        => Assert.Equal(expected, LoopLayout.For(Small, new DecoderOptions { Rows = rows }, cores).Rows);

    [Fact]
    public void For_ThreadsByConfiguration_LeavesTheOtherCoresToOtherLoops()
    {
        var layout = LoopLayout.For(Large, new DecoderOptions { Threads = 4 }, cores: 12);

        Assert.Equal(4, layout.Threads);
        Assert.Equal([8, 8, 8], layout.Rows);
    }
}
