using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ModelServer.Tests.Telemetry;
using Testing;

namespace ModelServer.Tests.Encoders;

/// <summary>Two workers over a shipped encoder that has a session for runs that are alone.</summary>
public sealed class LoneSessionTests : IDisposable
{
    private const string Lone = "model.lone_runs model=tiny:1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>().BuildServiceProvider();
    private readonly MeasuredCounts _counts;
    private readonly RunCount _runs = new();
    private readonly EncoderSession _session = LoneParts.Open(LoneParts.TwoThreads);
    private readonly SequenceQueue _queue;
    private readonly BatchLoop _loop;

    public LoneSessionTests()
    {
        _counts = new(_services.GetRequiredService<IMeterFactory>());
        var options = new InferenceOptions { BatchTokens = 64 };
        _queue = new SequenceQueue(options, EncoderLimits.On(DeviceKind.Cpu, options), TimeProvider.System, _runs);
        _loop = new BatchLoop("tiny:1", 2, _queue, _session, _services.GetRequiredService<ModelServerMetrics>(), TimeProvider.System, NullLogger.Instance);
        _session.Lone!.IsOpen = true;
    }

    public void Dispose()
    {
        _loop.Dispose();
        _counts.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Run_OneAfterTheOther_EachHasAllThreadsAndTheSameAnswer()
    {
        using var buffers = _session.CreateBuffers();
        for (var i = 0; i < 20; i++)
        {
            var sequence = TinyEncoder.Sequence(5 + i, i);
            _queue.Add([sequence]);
            var row = await sequence.Completion.WaitAsync(Patience);

            // A batch that nobody took from the queue is not alone.
            using var batch = new Batch([TinyEncoder.Sequence(5 + i, i)], BatchClosed.Drained);
            Assert.Equal(_session.Run(batch, buffers)[0], row);
            Assert.Equal(1, batch.Threads);
        }

        await Eventually.HoldsAsync(() => _counts[Lone] == 20);
    }

    [Fact]
    public async Task Run_WhileItIsNotKnownWhichIsFaster_TakesTurns()
    {
        _session.Lone!.Choice = new LoneChoice(overhead: 12);
        for (var i = 0; i < 10; i++) await RunAsync();

        await Eventually.HoldsAsync(() => _counts["model.batch.sequences model=tiny:1 closed=drained"] == 10);
        Assert.Equal(5, _counts[Lone]);
    }

    [Fact]
    public async Task Run_WhileAnotherRuns_HasOneThread()
    {
        // As one of another model would.
        _runs.Begin();
        await RunAsync();
        _runs.End();
        await RunAsync();

        await Eventually.HoldsAsync(() => _counts["model.batch.sequences model=tiny:1 closed=drained"] == 2);
        Assert.Equal(1, _counts[Lone]);
    }

    [Fact]
    public async Task Run_BeforeItIsOpen_HasOneThread()
    {
        _session.Lone!.IsOpen = false;
        await RunAsync();

        await Eventually.HoldsAsync(() => _counts["model.batch.sequences model=tiny:1 closed=drained"] == 1);
        Assert.Equal(0, _counts[Lone]);
    }

    [Fact]
    public async Task Run_AfterOneThatWasLeftOrFailed_IsAloneAgain()
    {
        for (var i = 0; i < 50; i++)
        {
            var left = TinyEncoder.Sequence(400, i);
            _queue.Add([left]);
            Thread.SpinWait(i * 1_000);
            _queue.Abandon([left]);
        }

        EncoderSequence spoilt = new([int.MaxValue], [0], new(""));
        _queue.Add([spoilt]);
        await Assert.ThrowsAsync<InferenceFailedException>(() => spoilt.Completion.WaitAsync(Patience));
        // The last ones may still be on their way out.
        await Eventually.HoldsAsync(() =>
        {
            var isFree = _runs.Begin();
            _runs.End();
            return isFree;
        });
        var before = _counts[Lone];
        await RunAsync();

        await Eventually.HoldsAsync(() => _counts[Lone] == before + 1);
    }

    [NeedsTheory(Need.TwoCores)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Suits_BatchThatIsAlone_OnSharedCoresOnlyIfTheGatewaySaysSo(bool isShared, bool isLone)
    {
        using var session = LoneParts.Open(isShared ? LoneParts.Sharing : LoneParts.TwoThreads);
        session.Lone!.IsOpen = true;
        using var batch = new Batch([TinyEncoder.Sequence(5, isLone: true), TinyEncoder.Sequence(9, isLone: isLone)], BatchClosed.Drained);
        batch.BeginRun(_runs);

        Assert.Equal(!isShared || isLone, session.Lone.Suits(batch));
    }

    [Fact]
    public async Task Dispose_AfterARun_FreesTheWeightsToo()
    {
        await RunAsync();

        _loop.Dispose();

        Assert.True(_session.Weights!.Packed.IsClosed);
    }

    private async Task RunAsync()
    {
        var sequence = TinyEncoder.Sequence(9);
        _queue.Add([sequence]);
        await sequence.Completion.WaitAsync(Patience);
    }
}
