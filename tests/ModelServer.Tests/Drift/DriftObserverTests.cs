using Microsoft.Extensions.Options;
using ModelServer.Drift;
using ModelServer.Encoders;
using ModelServer.Feedback;
using ModelServer.Inference;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.Tests.Drift;

public class DriftObserverTests
{
    /// <summary>On every request's way: what it allocates, the collector has to find.</summary>
    [Fact]
    public void Answers_OnceThereAreMany_AllocateNothing()
    {
        var watches = new DriftWatches(Options.Create(new DriftOptions { BaselineSize = 100, Window = 100 }));
        IEncoderObserver[] observers =
        [
            new DriftObserver(watches, Options.Create(new DriftOptions()), TimeProvider.System),
            new RecentPredictions(watches, Options.Create(new FeedbackOptions { Remembered = 500 }), TimeProvider.System),
        ];
        var (version, model) = (WatchParts.Version(), WatchParts.Model());
        EncoderSequence[] sequences = [new([1, 2, 3], [0, 0, 0], QueueLane.Server), new([4, 5], [0, 0], QueueLane.Server)];
        ReadOnlyMemory<float>[] rows = [.. sequences.Select(_ => new ReadOnlyMemory<float>([.. model.Labels.Select((_, i) => i - 1f)]))];
        Caller[] callers = [.. Enumerable.Range(0, 2_000).Select(i => new Caller(new(), new("client"), CachePolicy.Default) { RequestId = $"r-{i}" })];
        for (var i = 0; i < 4_000; i++) Observe(i);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2_000; i++) Observe(i);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(12_000, watches.All.Single().Tell().Seen);

        void Observe(int i)
        {
            foreach (var observer in observers) observer.Answered(new(version, model, callers[i % callers.Length], sequences, rows, default));
        }
    }

    [Fact]
    public void Answers_WithNumbersThatAreNone_AreKeptAsNumbers()
    {
        var watches = new DriftWatches(Options.Create(new DriftOptions()));
        var model = WatchParts.Model();
        ReadOnlyMemory<float>[] rows = [.. new[] { float.NaN, float.PositiveInfinity }.Select(v => new ReadOnlyMemory<float>([.. model.Labels.Select(_ => v)]))];
        EncoderSequence[] sequences = [new([1], [0], QueueLane.Server), new([1], [0], QueueLane.Server)];

        new DriftObserver(watches, Options.Create(new DriftOptions()), TimeProvider.System)
            .Answered(new EncoderAnswer(WatchParts.Version(), model, new(new(), new("c"), CachePolicy.Default), sequences, rows, default));

        Assert.All(watches.All.Single().Tell().Recent.Features["confidence"], v => Assert.True(float.IsFinite(v)));
    }
}
