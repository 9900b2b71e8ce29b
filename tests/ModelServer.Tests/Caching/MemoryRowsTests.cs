using ModelServer.Caching;
using Testing;

namespace ModelServer.Tests.Caching;

public class MemoryRowsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Find_WhatWasKept_IsTheRow()
    {
        var memory = Memory();
        float[] row = [1, 2];
        memory.Keep(CacheParts.Key(1), row);

        Assert.Equal(row, memory.Find(CacheParts.Key(1))!.Value.ToArray());
        Assert.Null(memory.Find(CacheParts.Key(2)));
    }

    [Fact]
    public void Find_TimeToLiveIsOver_IsForgotten()
    {
        var memory = Memory(o => o.TimeToLive = TimeSpan.FromMinutes(1));
        memory.Keep(CacheParts.Key(1), new float[] { 1 });

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.NotNull(memory.Find(CacheParts.Key(1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(memory.Find(CacheParts.Key(1)));
        Assert.Equal((0, 0), (memory.Count, memory.Bytes));
    }

    [Fact]
    public void Keep_MoreThanFits_ForgetsTheLeastRecentlyUsed()
    {
        var memory = Memory(o => o.MemoryBytes = 10_000);
        for (var i = 0; i < 100; i++)
        {
            memory.Keep(CacheParts.Key(i), new float[100]);
            Assert.NotNull(memory.Find(CacheParts.Key(0)));
            Assert.InRange(memory.Bytes, 1, 10_000);
        }

        Assert.NotNull(memory.Find(CacheParts.Key(99)));
        Assert.Null(memory.Find(CacheParts.Key(1)));
        Assert.InRange(memory.Count, 2, 25);
    }

    [Fact]
    public void Keep_LargerThanAllMemory_IsNotKept()
    {
        var memory = Memory(o => o.MemoryBytes = 1_000);
        memory.Keep(CacheParts.Key(1), new float[] { 1 });

        memory.Keep(CacheParts.Key(2), new float[1_000]);

        Assert.Equal(1, memory.Count);
        Assert.Null(memory.Find(CacheParts.Key(2)));
    }

    [Fact]
    public void Keep_SameKeyAgain_ReplacesIt()
    {
        var memory = Memory();
        memory.Keep(CacheParts.Key(1), new float[100]);
        var bytes = memory.Bytes;

        memory.Keep(CacheParts.Key(1), new float[100]);

        Assert.Equal((1, bytes), (memory.Count, memory.Bytes));
    }

    private MemoryRows Memory(Action<CacheOptions>? change = null) => new(CacheParts.Options(change), _time);
}
