using ModelServer.Drift;

namespace ModelServer.Tests.Drift;

public class ObservationRingTests
{
    [Theory]
    [InlineData(0, 5, new long[] { })]
    [InlineData(3, 5, new long[] { 0, 1, 2 })]
    [InlineData(3, 2, new long[] { 1, 2 })]
    [InlineData(4, 9, new long[] { 0, 1, 2, 3 })]
    [InlineData(11, 9, new long[] { 7, 8, 9, 10 })]
    [InlineData(11, 3, new long[] { 8, 9, 10 })]
    public void Newest_OfAnyNumber_ComeOldestFirst(int added, int most, long[] expected)
    {
        var ring = new ObservationRing(4, ["a", "b"]);
        for (var i = 0; i < added; i++) ring.Add(i, [i, i * 10], -i);

        var rows = ring.Newest(most);

        Assert.Equal(expected, rows.At);
        Assert.Equal(expected.Select(i => (float)i), rows.Features["a"]);
        Assert.Equal(expected.Select(i => i * 10f), rows.Features["b"]);
        Assert.Equal(expected.Select(i => (int)-i), rows.Labels);
    }

    [Fact]
    public void Clear_ForgetsAll()
    {
        var ring = new ObservationRing(4, ["a"]);
        for (var i = 0; i < 6; i++) ring.Add(i, [1], 0);

        ring.Clear();
        ring.Add(7, [2], 1);

        Assert.Equal([7], ring.Newest(9).At);
    }
}
