using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Runtime;
using ModelServer.Tests.Models;
using ServiceDefaults.Rollouts;
using Testing;

namespace ModelServer.Tests.Runtime;

public class LoadMemoryTests
{
    private const long GiB = 1L << 30;
    private long _workingSet = GiB / 2;

    /// <summary>The system gives pages when they are first written: two caches of 6 GB both fitted a machine of 10.</summary>
    [Fact]
    public void Reserve_TwoThatNobodyHasTouched_RefusesTheSecond()
    {
        var memory = Ledger(10 * GiB);
        memory.Reserve(6 * GiB, "The first");

        var refusal = Assert.Throws<ModelMemoryException>(() => memory.Reserve(6 * GiB, "The second"));

        Assert.Equal("The second needs about 6144 MiB; 3584 MiB are left.", refusal.Message);
        Assert.Equal(6 * GiB, memory.Promised);
    }

    [Fact]
    public void Reserve_WhatWasTouchedMeanwhile_IsNotCountedTwice()
    {
        var memory = Ledger(10 * GiB);
        memory.Reserve(6 * GiB, "The first");
        _workingSet += 6 * GiB;

        memory.Reserve(3 * GiB, "The second");
    }

    [Fact]
    public void Reserve_TheProcessHasGrownOtherwise_CountsThat()
    {
        var memory = Ledger(10 * GiB);
        memory.Reserve(GiB, "The first");
        _workingSet = 8 * GiB;

        Assert.Throws<ModelMemoryException>(() => memory.Reserve(3 * GiB, "The second"));
        memory.Reserve(2 * GiB, "The third");
    }

    [Fact]
    public void Dispose_OfAPromise_GivesItBackOnce()
    {
        var memory = Ledger(10 * GiB);
        var first = memory.Reserve(5 * GiB, "The first");
        memory.Reserve(4 * GiB, "The second");

        first.Dispose();
        first.Dispose();

        Assert.Equal(4 * GiB, memory.Promised);
        memory.Reserve(5 * GiB, "The third");
    }

    [Fact]
    public void Reserve_ManyAtATime_NeverPromisesMoreThanThereIs()
    {
        var memory = Ledger(10 * GiB);
        var (refused, most) = (0, 0L);
        Parallel.For(0, 8, seed =>
        {
            var random = new Random(seed);
            var held = new List<IDisposable>();
            for (var i = 0; i < 2_000; i++)
            {
                if (held.Count > 0 && random.Next(3) == 0)
                {
                    held[^1].Dispose();
                    held.RemoveAt(held.Count - 1);
                    continue;
                }

                try
                {
                    held.Add(memory.Reserve(random.NextInt64(GiB), "It"));
                }
                catch (ModelMemoryException)
                {
                    Interlocked.Increment(ref refused);
                }

                var promised = memory.Promised;
                Assert.InRange(promised, 0, (10 * GiB) - (GiB / 2));
                InterlockedMax(ref most, promised);
            }

            foreach (var promise in held) promise.Dispose();
        });

        Assert.Equal(0, memory.Promised);
        Assert.InRange(refused, 1, 16_000);
        Assert.InRange(most, 8 * GiB, 10 * GiB);
    }

    [Fact]
    public async Task Models_ThatFailToLoadOrAreUnloaded_GiveBackWhatTheyWerePromised()
    {
        using var models = new TemporaryModels();
        models.CopySmall("tiny-decoder", "decoder");
        models.CopySmall("tiny-multilabel", "encoder");
        File.WriteAllText(Path.Combine(models.CopySmall("tiny-multilabel", "refused"), "serving.json"), """{"labels":["too","few"]}""");
        var rollouts = new TestRollouts();
        await using var host = new ModelServerHost(models.Path, rollouts: rollouts);
        await host.CreateReadyClientAsync();
        var (memory, catalog) = (host.Services.GetRequiredService<LoadMemory>(), host.Services.GetRequiredService<ModelCatalog>());
        Assert.Equal(ModelState.Error, catalog.Get("refused", "1")!.State);
        var both = memory.Promised;

        await UnloadAsync("encoder");
        var decoder = memory.Promised;
        await ComesToAsync("refused", ModelState.Error, rollouts.Load("refused", "1"));

        Assert.Equal(decoder, memory.Promised);
        // An encoder's graph is all that it was promised; a decoder's caches come on top.
        Assert.Equal((long)(2.5 * new FileInfo(Path.Combine(models.Path, "encoder", "1", "model.onnx")).Length), both - decoder);
        Assert.True(decoder > 2.5 * new FileInfo(Path.Combine(models.Path, "decoder", "1", "model.onnx")).Length);

        await UnloadAsync("decoder");
        Assert.Equal(0, memory.Promised);
        await ComesToAsync("decoder", ModelState.Ready, rollouts.Load("decoder", "1"));
        Assert.Equal(decoder, memory.Promised);
        Assert.Equal(decoder, catalog.Get("decoder", "1")!.Loaded!.PromisedBytes);

        Task UnloadAsync(string model) => ComesToAsync(model, ModelState.Unloaded, rollouts.Unload(model, "1"));

        Task ComesToAsync(string model, ModelState state, Rollout document)
            => Eventually.HoldsAsync(() => catalog.Get(model, "1") is { } version && version.State == state && version.Order == document.Revision);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); seen < value; seen = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
    }

    private LoadMemory Ledger(long limit) => new(limit, () => _workingSet);
}
