using ModelServer.Runtime;

namespace ModelServer.Tests.Runtime;

public class BindingCacheTests
{
    [Fact]
    public void Add_MoreThanItKeeps_FreesTheOneNotUsedForLongest()
    {
        using var cache = new BindingCache<int, Binding>(3);
        var bindings = Enumerable.Range(0, 4).Select(i => new Binding()).ToArray();
        for (var i = 0; i < 3; i++) cache.Add(i, bindings[i]);
        Assert.True(cache.TryGet(0, out _));

        cache.Add(3, bindings[3]);

        Assert.Equal(3, cache.Count);
        Assert.Equal([0, 1, 0, 0], bindings.Select(b => b.Disposals));
        Assert.False(cache.TryGet(1, out _));
        Assert.True(cache.TryGet(0, out var kept));
        Assert.Same(bindings[0], kept);
    }

    [Fact]
    public void Dispose_Twice_FreesEachOnce()
    {
        var cache = new BindingCache<int, Binding>(100);
        var bindings = Enumerable.Range(0, 10).Select(i => cache.Add(i, new Binding())).ToArray();

        cache.Dispose();
        cache.Dispose();

        Assert.All(bindings, b => Assert.Equal(1, b.Disposals));
        Assert.Equal(0, cache.Count);
    }

    private sealed class Binding : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
