using ModelServer.Admission;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using Testing;

namespace ModelServer.Tests.Encoders;

public class SequenceQueueTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly InferenceOptions _options = new() { BatchTokens = 64 };

    /// <summary>Waits longer for a fuller batch than any test does.</summary>
    private readonly InferenceOptions _patient = new() { BatchTokens = 64, BatchDelay = TimeSpan.FromHours(1) };

    [Fact]
    public void Take_ManySequences_HandsOutEachExactlyOnce()
    {
        var queue = BatchQueues.Queue(_options, _time);
        var random = new Random(2);
        var added = Enumerable.Range(0, 500).Select(i => Queued(random.Next(1, 65), client: $"c{i % 7}", priority: (RequestPriority)(i % 2))).ToList();
        foreach (var chunk in added.Chunk(7)) queue.Add(chunk);
        queue.Close();

        var taken = new List<EncoderSequence>();
        while (queue.Take() is { } batch) taken.AddRange(batch.Sequences);

        Assert.Equal(500, taken.Count);
        Assert.Equal(added.ToHashSet(), taken.ToHashSet());
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Take_WhatIsAllThatThereIs_IsAlone()
    {
        var queue = BatchQueues.Queue(_options, _time);
        queue.Add([Queued(64), Queued(64)]);
        var (first, second) = (queue.Take()!, queue.Take()!);

        // Something waited beside the first, and the first runs beside the second.
        Assert.False(first.IsAlone || second.IsAlone);
        first.EndRun();
        second.EndRun();
        queue.Add([Queued(20), Queued(20)]);
        using var both = queue.Take()!;
        Assert.Equal((2, true), (both.Sequences.Count, both.IsAlone));
        queue.Add([Queued(20)]);
        Assert.False(queue.Take()!.IsAlone);
    }

    [Fact]
    public void Take_WhileAnotherModelRuns_IsNotAlone()
    {
        var runs = new RunCount();
        SequenceQueue Queue() => new(_options, EncoderLimits.On(DeviceKind.Cpu, _options), _time, runs);
        var (ours, theirs) = (Queue(), Queue());
        theirs.Add([Queued(20)]);
        var other = theirs.Take()!;

        ours.Add([Queued(20)]);
        Assert.False(Taken(ours).IsAlone);
        other.Dispose();
        // A run that has ended counts once, however often that is said.
        other.Dispose();
        ours.Add([Queued(20)]);
        Assert.True(Taken(ours).IsAlone);

        static Batch Taken(SequenceQueue queue)
        {
            using var batch = queue.Take()!;
            return batch;
        }
    }

    /// <summary>Each of 64 clients asks again as soon as it is answered, and two workers take what there is.</summary>
    [Fact]
    public void Take_ManyClients_NoneIsAlone()
    {
        var queue = BatchQueues.Queue(_options, _time);
        queue.Add([.. Enumerable.Range(0, 64).Select(i => Queued(5 + (i % 50), $"c{i}"))]);
        var running = new Queue<Batch>([queue.Take()!, queue.Take()!]);
        for (var round = 0; round < 500; round++)
        {
            var ended = running.Dequeue();
            ended.EndRun();
            queue.Add([.. ended.Sequences.Select(s => Queued(s.Cost, s.Lane.Client))]);
            running.Enqueue(queue.Take()!);
            Assert.DoesNotContain(running, batch => batch.IsAlone);
        }
    }

    [Fact]
    public void Take_OneClientFloods_TheOtherIsServedNext()
    {
        var queue = BatchQueues.Queue(_options, _time);
        queue.Add([.. Enumerable.Range(0, 200).Select(_ => Queued(64, "greedy"))]);
        queue.Take();
        var modest = Queued(64, "modest");
        queue.Add([modest]);

        // One more of the greedy client at most: the tags are level then.
        Assert.Contains(modest, queue.Take()!.Sequences.Concat(queue.Take()!.Sequences));
    }

    [Fact]
    public void Take_BatchWorkBesideInteractive_WaitsUntilItIsOverdue()
    {
        var queue = BatchQueues.Queue(_options, _time);
        var background = Queued(64, "a", RequestPriority.Batch);
        queue.Add([background]);
        queue.Add([.. Enumerable.Range(0, 10).Select(_ => Queued(64, "b"))]);

        Assert.DoesNotContain(background, queue.Take()!.Sequences);
        _time.Advance(_options.MaxWait + TimeSpan.FromMilliseconds(1));
        queue.Add([Queued(64, "b")]);
        Assert.Contains(background, queue.Take()!.Sequences);
    }

    [Fact]
    public void Take_OddLengthUnderEndlessLoad_WaitsAtMostMaxWaitAndThenOnlyForOlderOnes()
    {
        var random = new Random(3);
        for (var round = 0; round < 20; round++)
        {
            var queue = BatchQueues.Queue(_options, _time);
            var before = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Queued(random.Next(1, 20), $"c{random.Next(5)}")).ToArray();
            queue.Add(before);
            var odd = Queued(60, $"c{random.Next(5)}", (RequestPriority)random.Next(2));
            queue.Add([odd]);
            var started = _time.GetTimestamp();

            var runsAfterMaxWait = 0;
            while (!queue.Take()!.Sequences.Contains(odd))
            {
                if (_time.GetElapsedTime(started) > _options.MaxWait) runsAfterMaxWait++;
                _time.Advance(TimeSpan.FromMilliseconds(100));
                for (var i = 0; i < 20; i++) queue.Add([Queued(random.Next(1, 20), $"new{random.Next(50)}")]);
                Assert.True(runsAfterMaxWait <= before.Length, "starved");
            }
        }
    }

    [Fact]
    public void Take_WeightedClients_ShareByWeight()
    {
        var queue = BatchQueues.Queue(new InferenceOptions { BatchTokens = 64, ClientWeights = { ["heavy"] = 3 } }, _time);
        queue.Add([.. Enumerable.Range(0, 400).Select(_ => Queued(64, "heavy"))]);
        queue.Add([.. Enumerable.Range(0, 400).Select(_ => Queued(64, "light"))]);

        var first = Enumerable.Range(0, 200).SelectMany(_ => queue.Take()!.Sequences).Count(s => s.Lane.Client == "heavy");

        Assert.InRange(first, 145, 155);
    }

    [Fact]
    public async Task Abandon_WaitingSequence_LeavesAtOnce()
    {
        var queue = BatchQueues.Queue(_options, _time);
        var (left, stays) = (Queued(5), Queued(5));
        queue.Add([left, stays]);

        queue.Abandon([left]);

        Assert.Equal(1, queue.Count);
        Assert.Equal([stays], queue.Take()!.Sequences);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.Completion);
    }

    [Fact]
    public void Abandon_AllOfARunningBatch_TerminatesTheRun()
    {
        var queue = BatchQueues.Queue(_options, _time);
        EncoderSequence[] sequences = [Queued(5), Queued(5)];
        queue.Add(sequences);
        using var batch = queue.Take()!;

        queue.Abandon([sequences[0]]);
        Assert.False(batch.Run.IsTerminated);
        queue.Abandon(sequences);

        Assert.True(batch.Run.IsTerminated);
    }

    [Fact]
    public async Task Take_Empty_WaitsForWork()
    {
        var queue = BatchQueues.Queue(_options, _time);
        var take = Task.Factory.StartNew(queue.Take, TaskCreationOptions.LongRunning);
        var sequence = Queued(5);
        queue.Add([sequence]);

        Assert.Equal([sequence], (await take.WaitAsync(Eventually.Limit))!.Sequences);
    }

    [Fact]
    public async Task Take_WithADelay_WaitsForAFullBatchOnly()
    {
        var queue = BatchQueues.Queue(_patient, TimeProvider.System);
        queue.Add([Queued(16)]);
        var take = Task.Factory.StartNew(queue.Take, TaskCreationOptions.LongRunning);
        queue.Add([Queued(16), Queued(16), Queued(16)]);

        Assert.Equal(4, (await take.WaitAsync(Eventually.Limit))!.Sequences.Count);
    }

    /// <summary>A worker that waited for a fuller batch was woken for new work, took the old and left the new beside a worker that slept on.</summary>
    [Fact]
    public async Task Take_LeavingWorkBehindWithADelay_WakesTheOther()
    {
        var time = new CountedTime();
        var queue = BatchQueues.Queue(_patient, time);
        Thread[] takers = new Thread[2];
        var taken = new TaskCompletionSource<Batch>[] { new(), new() };
        for (var i = 0; i < takers.Length; i++)
        {
            var own = i;
            takers[i] = new Thread(() => taken[own].SetResult(queue.Take()!)) { IsBackground = true };
            takers[i].Start();
        }

        await Eventually.HoldsAsync(() => takers.All(t => t.ThreadState.HasFlag(ThreadState.WaitSleepJoin)));
        var before = time.Looks;
        queue.Add([Queued(16)]);
        // The queue looks at the clock for what is added, and so does the worker that it wakes, which then lets go of the lock only to wait.
        await Eventually.HoldsAsync(() => time.Looks >= before + 2);
        Assert.Equal(1, queue.Count);
        queue.Add([Queued(64)]);

        foreach (var batch in taken) Assert.Single((await batch.Task.WaitAsync(Eventually.Limit)).Sequences);
    }

    [Fact]
    public async Task Fail_WithWorkWaiting_FailsItAndTakesNoMore()
    {
        var queue = BatchQueues.Queue(_options, _time);
        EncoderSequence[] sequences = [Queued(5), Queued(5, "other"), Queued(5, priority: RequestPriority.Batch)];
        queue.Add(sequences);

        queue.Fail(() => new InvalidOperationException());

        foreach (var sequence in sequences) await Assert.ThrowsAsync<InvalidOperationException>(() => sequence.Completion);
        Assert.Equal(0, queue.Count);
        Assert.Null(queue.Take());
        Assert.Throws<ModelNotReadyException>(() => queue.Add([Queued(1)]));
    }

    [Fact]
    public void Abandon_CompletedSequences_LeavesThemAndTheirRunAlone()
    {
        var queue = BatchQueues.Queue(_options, _time);
        EncoderSequence[] sequences = [Queued(5), Queued(5)];
        queue.Add(sequences);
        var batch = queue.Take()!;
        foreach (var sequence in sequences) sequence.Complete([1], 0);

        queue.Abandon(sequences);
        batch.Dispose();
        queue.Abandon(sequences);

        Assert.False(batch.Run.IsTerminated);
        Assert.All(sequences, s => Assert.False(s.IsAbandoned));
    }

    /// <summary>A row without tokens divided by zero in the packer.</summary>
    [Fact]
    public void Sequence_WithoutTokens_CannotBeMade() => Assert.Throws<ArgumentException>(() => Queued(0));

    [Fact]
    public void Add_Closed_IsRefused()
    {
        var queue = BatchQueues.Queue(_options, _time);
        queue.Close();

        Assert.Throws<ModelNotReadyException>(() => queue.Add([Queued(1)]));
        Assert.Null(queue.Take());
    }

    private static EncoderSequence Queued(int length, string client = "c", RequestPriority priority = RequestPriority.Interactive)
        => new(new int[length], new int[length], new QueueLane(client, priority));

    /// <summary>The machine's clock, and how often it was looked at.</summary>
    private sealed class CountedTime : TimeProvider
    {
        private int _looks;

        public int Looks => Volatile.Read(ref _looks);

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _looks);
            return base.GetTimestamp();
        }
    }
}
