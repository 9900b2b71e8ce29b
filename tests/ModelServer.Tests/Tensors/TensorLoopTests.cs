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
        TensorRequest[] requests = [Request(2, 8), Request(3, 8), Request(1, 9), Request(2, 8), Request(1, 8), Request(1, 8)];
        foreach (var request in requests) _queue.Add(request);

        using var first = _queue.Take()!;
        using var second = _queue.Take()!;

        // 16 + 24 + 16 + 8 elements are the budget; the row of nine and the last one wait.
        Assert.Equal([requests[0], requests[1], requests[3], requests[4]], first.Slices.Select(s => s.Request));
        Assert.True(first.IsFull);
        Assert.Equal([requests[2]], second.Slices.Select(s => s.Request));
    }

    [Fact]
    public void Request_OfManyRows_IsCutByTheBudget()
    {
        var request = Request(20, 10);

        Assert.Equal([(0, 6), (6, 6), (12, 6), (18, 2)], request.Slices.Select(s => (s.First, s.Rows)));
        Assert.Equal(200, request.Cost);
    }

    [Fact]
    public async Task Run_SharedAndCut_GivesEachRequestWhatItGetsAlone()
    {
        TensorRequest[] requests = [Request(3, 8), Request(20, 8, 5), Request(1, 8, 9)];
        foreach (var request in requests) _queue.Add(request);
        using var loop = Loop();
        var shared = await Task.WhenAll(requests.Select(r => r.Completion)).WaitAsync(Patience);

        TensorRequest[] again = [Request(3, 8), Request(20, 8, 5), Request(1, 8, 9)];
        for (var i = 0; i < again.Length; i++)
        {
            _queue.Add(again[i]);
            var alone = await again[i].Completion.WaitAsync(Patience);
            Assert.Equal([again[i].Rows, 3], alone[0].Shape);
            JsonReading.AssertClose(Floats(alone[0]), Floats(shared[i][0]));
        }
    }

    [Fact]
    public async Task Run_OneOfSeveralAtFault_FailsThatAlone()
    {
        TensorRequest[] requests = [Request(1, 8), Request(1, 8, spoilt: true), Request(2, 8, 3)];
        foreach (var request in requests) _queue.Add(request);
        using var loop = Loop();

        await Assert.ThrowsAsync<TensorsRefusedException>(() => requests[1].Completion.WaitAsync(Patience));
        Assert.Single(await requests[0].Completion.WaitAsync(Patience));
        Assert.Single(await requests[2].Completion.WaitAsync(Patience));
    }

    [Fact]
    public async Task Run_OutputsBeyondTheLimit_RefusesThatRequestAlone()
    {
        TensorRequest[] requests = [Request(4, 8, maxOutputBytes: 40), Request(3, 8, maxOutputBytes: 40)];
        foreach (var request in requests) _queue.Add(request);
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
                _queue.Add(request);
                if (random.Next(4) == 0) await Task.WhenAny(request.Completion);
                else Thread.SpinWait(random.Next(20_000));
                _queue.Abandon(request);
                Assert.True(request.Completion.IsCompleted && !request.Completion.IsFaulted);
            }
        }))).WaitAsync(Patience);

        var last = Request(1, 9);
        _queue.Add(last);
        Assert.Single(await last.Completion.WaitAsync(Patience));
        Assert.False(loop.Failure.IsCompleted);
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Dispose_ServesWhatWaits_AndRefusesWhatComes()
    {
        var request = Request(30, 20);
        _queue.Add(request);
        Loop().Dispose();

        Assert.Single(await request.Completion);
        Assert.Throws<ModelNotReadyException>(() => _queue.Add(Request(1, 1)));
    }

    private TensorLoop Loop() => new("tiny:1", 2, _session.Graph, _queue, _services.GetRequiredService<ModelServerMetrics>(), TimeProvider.System, NullLogger.Instance);

    private TensorRequest Request(int rows, int columns, int seed = 0, bool spoilt = false, long maxOutputBytes = 1 << 20)
    {
        long[] ids = [.. Enumerable.Range(0, rows * columns).Select(i => 5 + (((seed * 31) + (i * 7)) % 100L))];
        TensorInput Of(long[] values) => new([rows, columns], TritonBody.Bytes(values));
        // It has no embedding for that token.
        if (spoilt) ids[^1] = TinyEncoder.Vocabulary + 1000;
        return new(_session.Graph, [Of(ids), Of(Array.ConvertAll(ids, _ => 1L))], _session.Graph.Outputs, QueueLane.Server, Budget, maxOutputBytes);
    }

    private static float[] Floats(TensorOutput output) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(output.Data.Span).ToArray();
}
