using Gateway.Authentication;

namespace Gateway.Tests.Authentication;

public sealed class BoundedMemoryTests
{
    [Fact]
    public void Set_OfOneIdTooMany_EmptiesTheRest()
    {
        var memory = new BoundedMemory<int>(capacity: 3);
        foreach (var id in new[] { "a", "b", "c", "a", "b" }) memory.Set(id, id[0]);
        Assert.All(new[] { "a", "b", "c" }, id => Assert.True(memory.TryGet(id, out _)));

        memory.Set("d", 4);

        Assert.True(memory.TryGet("d", out var value) && value == 4);
        Assert.False(memory.TryGet("a", out _));
    }

    [Fact]
    public void Set_UnderManyThreads_StaysNearTheCapacity()
    {
        var memory = new BoundedMemory<int>(capacity: 100);

        Parallel.For(0, 20_000, i => memory.Set($"{i}", i));

        Assert.InRange(Enumerable.Range(0, 20_000).Count(i => memory.TryGet($"{i}", out _)), 1, 100 + Environment.ProcessorCount * 4);
    }
}
