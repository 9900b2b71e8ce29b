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
using Testing;

namespace ModelServer.Tests.Tensors;

public sealed class TensorEngineTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>().BuildServiceProvider();
    private readonly EncoderSession _session = TinyEncoder.Classifier();
    private readonly TensorEngine _engine;

    public TensorEngineTests()
    {
        var (options, time) = (new InferenceOptions(), TimeProvider.System);
        _engine = new("tiny:1", _session.Graph, new AdmissionGate(1 << 20, 1 << 30, time), EncoderLimits.On(DeviceKind.Cpu, options), options, _services.GetRequiredService<ModelServerMetrics>(), time, NullLogger.Instance);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _session.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Run_DeadlineThatPasses_LeavesNothingBehindAndServesOthers()
    {
        var time = new ManualTimeProvider();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        var late = _engine.RunAsync(Prepare(16_000, 64), deadline.Token);
        Assert.True(_engine.Waiting > 0);

        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        Assert.Equal(0, _engine.Waiting);
        var served = await _engine.RunAsync(Prepare(2, 5), CancellationToken.None);
        Assert.Equal([2, 3], served[0].Shape);
    }

    [Fact]
    public void Prepare_RowsOfAFullRun_AreSlicesThatWorkersCanDivide()
        => Assert.Equal([(0, 2), (2, 2), (4, 2), (6, 2), (8, 2), (10, 2), (12, 2), (14, 2)], Prepare(16, 25).Slices.Select(s => (s.First, s.Rows)));

    private TensorRequest Prepare(int rows, int columns)
    {
        TensorInput Of(long value) => new([rows, columns], TritonBody.Bytes(Enumerable.Repeat(value, rows * columns).ToArray()));
        return _engine.Prepare([Of(7), Of(1)], _session.Graph.Outputs, QueueLane.Server, 1 << 20);
    }
}
