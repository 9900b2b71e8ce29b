using ModelServer.Caching;

namespace ModelServer.Tests.Caching;

public class RowFormatTests
{
    private static readonly float[] Row = [1.5f, -0.25f, float.Epsilon, float.MaxValue];
    private static readonly CacheKey Key = CacheParts.Key(1);

    [Fact]
    public void Read_WhatWasWritten_IsTheSameBits() => Assert.Equal(Row, RowFormat.Read(Key, RowFormat.Write(Key, Row)));

    [Fact]
    public void Read_AnyByteChanged_IsNoRow()
    {
        var value = RowFormat.Write(Key, Row);
        for (var i = 0; i < value.Length; i++)
        {
            var changed = value.ToArray();
            changed[i] ^= 1;
            Assert.Null(RowFormat.Read(Key, changed));
        }
    }

    [Fact]
    public void Read_AnyLengthButItsOwn_IsNoRow()
    {
        var value = RowFormat.Write(Key, Row);
        for (var length = 0; length < value.Length; length++) Assert.Null(RowFormat.Read(Key, value.AsSpan(0, length)));
        Assert.Null(RowFormat.Read(Key, [.. value, 0, 0, 0, 0]));
    }

    [Fact]
    public void Read_UnderAnotherKey_IsNoRow() => Assert.Null(RowFormat.Read(CacheParts.Key(2), RowFormat.Write(Key, Row)));
}
