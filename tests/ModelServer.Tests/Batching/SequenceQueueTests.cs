using ModelServer.Batching;
using ModelServer.Models;

namespace ModelServer.Tests.Batching;

public class SequenceQueueTests
{
    private readonly SequenceQueue _queue = new(batchTokens: 64, TimeProvider.System);

    [Fact]
    public void Take_ManySequences_HandsOutEachExactlyOnce()
    {
        var random = new Random(2);
        var added = Enumerable.Range(0, 500).Select(_ => Sequence(random.Next(1, 65))).ToList();
        foreach (var chunk in added.Chunk(7)) _queue.Add(chunk);
        _queue.Close();

        var taken = new List<Sequence>();
        while (_queue.Take() is { } batch) taken.AddRange(batch);

        Assert.Equal(500, taken.Count);
        Assert.Equal(added.ToHashSet(), taken.ToHashSet());
    }

    [Fact]
    public void Take_OldestIsOdd_ComesFirstWhateverArrivesLater()
    {
        var odd = Sequence(60);
        _queue.Add([odd]);
        for (var i = 0; i < 50; i++) _queue.Add([Sequence(3)]);

        Assert.Contains(odd, _queue.Take()!);
    }

    [Fact]
    public async Task Take_CallerLeft_SkipsItsSequence()
    {
        using var caller = new CancellationTokenSource();
        var left = Sequence(5, caller.Token);
        var stays = Sequence(5);
        _queue.Add([left, stays]);
        await caller.CancelAsync();

        Assert.Equal([stays], _queue.Take());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Completion);
    }

    [Fact]
    public async Task Take_Empty_WaitsForWork()
    {
        var take = Task.Factory.StartNew(_queue.Take, TaskCreationOptions.LongRunning);
        var sequence = Sequence(5);
        _queue.Add([sequence]);

        Assert.Equal([sequence], await take.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Add_Closed_IsRefused()
    {
        _queue.Close();

        Assert.Throws<ModelNotReadyException>(() => _queue.Add([Sequence(1)]));
        Assert.Null(_queue.Take());
    }

    private static Sequence Sequence(int length, CancellationToken cancellationToken = default) => new(new int[length], new int[length], cancellationToken);
}
