using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class CounterRandomTests
{
    [Fact]
    public void Bits_SeedOfTheReference_AreItsNumbers()
        // The first outputs of SplitMix64 for the seed 1234567, as its authors' code gives them.
        => Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], [CounterRandom.Bits(1234567, 0), CounterRandom.Bits(1234567, 1), CounterRandom.Bits(1234567, 2)]);

    [Fact]
    public void Unit_NeighbouringSeeds_AreUniform()
    {
        const int Draws = 20_000;
        var tenths = new int[10];
        for (var seed = 0UL; seed < Draws; seed++) tenths[(int)(CounterRandom.Unit(seed, 0) * 10)]++;

        // Five standard deviations.
        Assert.All(tenths, count => Assert.InRange(count, 2_000 - 212, 2_000 + 212));
    }
}
