using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Admission;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Telemetry;
using ModelServer.Tensors;
using ModelServer.Tests.Encoders;
using ModelServer.Tests.OpenInference;

namespace ModelServer.Tests.Tensors;

public sealed class TensorLoopTests : IDisposable
{
    private const int Budget = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>().BuildServiceProvider();
    private readonly EncoderSession _session = TinyEncoder.Classifier();
    private readonly TensorQueue _queue;

    public TensorLoopTests() => _queue = new(new InferenceOptions(), EncoderLimits.On(DeviceKind.Cpu, new() { BatchTokens = Budget }), TimeProvider.System);

    public void Dispose()
    {
        _session.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Take_RequestsOfOneForm_ShareARunUpToTheBudget()
    {
        TensorRequest[] requests = [Request(2, 8), Request(3, 8), Request(1, 30), Request(2, 8), Request(1, 8), Request(1, 8)];
        foreach (var request in requests) _queue.Add(request.Slices);

        using var first = _queue.Take()!;
        using var second = _queue.Take()!;

        // 16 + 24 + 16 + 8 elements are the budget; the long row and the last one wait.
        Assert.Equal([requests[0], requests[1], requests[3], requests[4]], first.Slices.Select(s => s.Request));
        Assert.True(first.IsFull);
        Assert.Equal([requests[2]], second.Slices.Select(s => s.Request));
    }

    [Fact]
    public void Take_RowsOfOtherLengths_SharesTheRunWithTheNearest()
    {
        TensorRequest[] requests = [Request(1, 10), Request(1, 14), Request(2, 11), Request(1, 23), Request(1, 9)];
        foreach (var request in requests) _queue.Add(request.Slices);

        using var batch = _queue.Take()!;

        // Five rows of eleven are within the budget of 64, of fourteen they are not; 23 is further than a run costs.
        Assert.Equal([requests[0], requests[2], requests[4]], batch.Slices.Select(s => s.Request));
        Assert.Equal((4, 11, 44, 41), (batch.Rows, batch.Columns, batch.PaddedTokens, batch.Tokens));
    }

    [Theory]
    [InlineData("tiny-multilabel", "logits")]
    [InlineData("tiny-embedding", "last_hidden_state")]
    public async Task Run_RowsOfSeveralLengths_GivesEachWhatItGetsAlone(string model, string output)
    {
        using var session = TinyEncoder.Open(model, new OutputChoice([output], 2, 3));
        Assert.True(session.Graph.HasColumns);
        TensorRequest[] Requests() => [Request(1, 10, 1, of: session.Graph), Request(3, 7, 2, of: session.Graph), Request(1, 12, 3, of: session.Graph), Request(1, 3, 4, of: session.Graph)];
        var together = Requests();
        foreach (var request in together) _queue.Add(request.Slices);
        using var loop = Loop(session.Graph);
        var shared = await Task.WhenAll(together.Select(r => r.Completion)).WaitAsync(Patience);

        foreach (var (i, request) in Requests().Index())
        {
            _queue.Add(request.Slices);
            var alone = await request.Completion.WaitAsync(Patience);
            Assert.Equal(alone[0].Shape, shared[i][0].Shape);
            JsonReading.AssertClose(Floats(alone[0]), Floats(shared[i][0]));
        }
    }

    [Fact]
    public void Request_OfManyRows_IsCutIntoSlices()
    {
        var request = Request(20, 10, part: 64);

        Assert.Equal([(0, 6), (6, 6), (12, 6), (18, 2)], request.Slices.Select(s => (s.First, s.Rows)));
        Assert.Equal(200, request.Cost);
    }

    [Fact]
    public async Task Run_SharedAndCut_GivesEachRequestWhatItGetsAlone()
    {
        TensorRequest[] requests = [Request(3, 8), Request(20, 8, 5), Request(1, 8, 9)];
        foreach (var request in requests) _queue.Add(request.Slices);
        using var loop = Loop();
        var shared = await Task.WhenAll(requests.Select(r => r.Completion)).WaitAsync(Patience);

        TensorRequest[] again = [Request(3, 8), Request(20, 8, 5), Request(1, 8, 9)];
        for (var i = 0; i < again.Length; i++)
        {
            _queue.Add(again[i].Slices);
            var alone = await again[i].Completion.WaitAsync(Patience);
            Assert.Equal([again[i].Rows, 3], alone[0].Shape);
            JsonReading.AssertClose(Floats(alone[0]), Floats(shared[i][0]));
        }
    }

    [Fact]
    public async Task Run_OneRequestOnSeveralWorkers_GivesItsRowsInOrder()
    {
        using var loop = Loop();
        var whole = Request(90, 9, part: 16);
        _queue.Add(whole.Slices);
        var rows = Floats((await whole.Completion.WaitAsync(Patience))[0]).Chunk(3).ToArray();

        Assert.Equal(90, whole.Slices.Length);
        for (var row = 0; row < rows.Length; row += 7)
        {
            var alone = Request(1, 9, first: row * 9);
            _queue.Add(alone.Slices);
            JsonReading.AssertClose(Floats((await alone.Completion.WaitAsync(Patience))[0]), rows[row]);
            Assert.NotEqual(rows[row], rows[row + 1]);
        }
    }

    [Fact]
    public void Abandon_RequestInSeveralRuns_EndsThoseThatNobodyElseWaitsFor()
    {
        var (leaving, staying) = (Request(9, 8, part: 16), Request(1, 8));
        _queue.Add(leaving.Slices);
        _queue.Add(staying.Slices);
        using var own = _queue.Take()!;
        using var shared = _queue.Take()!;
        Assert.Equal([leaving], own.Slices.Select(s => s.Request).Distinct());
        Assert.Equal([leaving, staying], shared.Slices.Select(s => s.Request).Distinct());

        _queue.Abandon(leaving);

        Assert.True(own.Run.IsTerminated);
        Assert.False(shared.Run.IsTerminated);
        _queue.Abandon(staying);
        Assert.True(shared.Run.IsTerminated);
    }

    [Fact]
    public async Task Run_OneOfSeveralAtFault_FailsThatAlone()
    {
        TensorRequest[] requests = [Request(1, 8), Request(2, 8, spoilt: true, part: 8), Request(2, 8, 3, part: 8)];
        foreach (var request in requests) _queue.Add(request.Slices);
        using var loop = Loop();

        await Assert.ThrowsAsync<TensorsRefusedException>(() => requests[1].Completion.WaitAsync(Patience));
        Assert.Single(await requests[0].Completion.WaitAsync(Patience));
        Assert.Single(await requests[2].Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task Run_OutputsBeyondTheLimit_RefusesThatRequestAlone()
    {
        TensorRequest[] requests = [Request(4, 8, maxOutputBytes: 40), Request(3, 8, maxOutputBytes: 40)];
        foreach (var request in requests) _queue.Add(request.Slices);
        using var loop = Loop();

        await Assert.ThrowsAsync<TensorsRefusedException>(() => requests[0].Completion.WaitAsync(Patience));
        Assert.Single(await requests[1].Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task Abandon_FromOtherThreadsAtAnyMoment_LeavesTheLoopRunning()
    {
        using var loop = Loop();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < 300; i++)
            {
                var request = Request(random.Next(1, 40), random.Next(1, 20), client);
                _queue.Add(request.Slices);
                if (random.Next(4) == 0) await Task.WhenAny(request.Completion);
                else Thread.SpinWait(random.Next(20_000));
                _queue.Abandon(request);
                Assert.True(request.Completion.IsCompleted && !request.Completion.IsFaulted);
            }
        }))).WaitAsync(Patience);

        var last = Request(1, 9);
        _queue.Add(last.Slices);
        Assert.Single(await last.Completion.WaitAsync(Patience));
        Assert.False(loop.Failure.IsCompleted);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Dispose_ServesWhatWaits_AndRefusesWhatComes()
    {
        var request = Request(30, 20);
        _queue.Add(request.Slices);
        Loop().Dispose();

        Assert.Single(await request.Completion);
        Assert.Throws<ModelNotReadyException>(() => _queue.Add(Request(1, 1).Slices));
    }

    private TensorLoop Loop(TensorGraph? graph = null) => new("tiny:1", 2, graph ?? _session.Graph, _queue, _services.GetRequiredService<ModelServerMetrics>(), TimeProvider.System, NullLogger.Instance);

    private TensorRequest Request(int rows, int columns, int seed = 0, bool spoilt = false, long maxOutputBytes = 1 << 20, TensorGraph? of = null, int part = Budget, int first = 0)
    {
        var graph = of ?? _session.Graph;
        long[] ids = [.. Enumerable.Range(first, rows * columns).Select(i => 5 + (((seed * 31) + (i * 7)) % 100L))];
        TensorInput Of(long[] values) => new([rows, columns], TritonBody.Bytes(values));
        // It has no embedding for that token.
        if (spoilt) ids[^1] = TinyEncoder.Vocabulary + 1000;
        return new(graph, [Of(ids), Of(Array.ConvertAll(ids, _ => 1L))], graph.Outputs, QueueLane.Server, part, maxOutputBytes);
    }

    private static float[] Floats(TensorOutput output) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(output.Data.Span).ToArray();
}
