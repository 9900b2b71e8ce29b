using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.Answers;
using ModelServer.Caching;
using ModelServer.Classify;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ModelServer.Tests.Encoders;

namespace ModelServer.Tests.Inference;

/// <summary>The pipeline with a queue that the test empties itself.</summary>
public sealed class EncoderPipelineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ServiceProvider _services;
    private readonly SequenceQueue _queue = BatchQueues.Queue(new InferenceOptions { BatchTokens = 16 }, TimeProvider.System);
    private readonly AdmissionGate _admission = new(100, 10_000, TimeProvider.System);
    private readonly EncoderPipeline _pipeline;

    public EncoderPipelineTests()
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>();
        services.AddSingleton<CacheMetrics>().AddSingleton<MemoryRows>().AddSingleton<ResultCache>().AddSingleton<ModelCatalog>().AddSingleton<EncoderPipeline>();
        services.AddSingleton(Options.Create(new CacheOptions())).AddSingleton(Options.Create(new ModelsOptions()));
        _services = services.BuildServiceProvider();
        var version = new ModelVersion("tiny", "1", DateTimeOffset.UnixEpoch);
        var catalog = _services.GetRequiredService<ModelCatalog>();
        catalog.Publish([version]);
        var source = ModelSource.Read(new ModelFolder(SmallModels.Root, "tiny-multilabel", "1"));
        catalog.BecomeReady(version, new ClassificationModel(source, new EncoderEngine(_admission, _queue, loop: null) { Width = source.Labels.Length }));
        _pipeline = _services.GetRequiredService<EncoderPipeline>();
    }

    public void Dispose() => _services.Dispose();

    /// <summary>Only a caller that left gave up what it had queued: after a failed run all the others were run for an answer that nobody would get.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_OneRunFails_TheOthersLeaveTheQueue(bool cache)
    {
        EncoderInput[] inputs = [.. Enumerable.Range(0, 8).Select(i => new TokenInput([.. Enumerable.Repeat(5 + i, 16)]))];
        var running = _pipeline.RunAsync<ClassificationModel>(new(ClassificationTask.Id, null, inputs, new Caller(new(), new("c"), new(Read: cache))), CancellationToken.None);
        using var first = _queue.Take()!;
        using var second = _queue.Take()!;

        foreach (var sequence in second.Sequences) sequence.Complete([1], 0);
        foreach (var sequence in first.Sequences) sequence.Fail(new InferenceFailedException(new InvalidOperationException()));

        await Assert.ThrowsAsync<InferenceFailedException>(() => running.WaitAsync(Patience));
        Assert.Equal(0, _queue.Count);
        Assert.Equal(0, _admission.PendingTokens);
    }

    [Fact]
    public async Task RunAsync_QueueIsFull_IsRefusedBeforeItIsTokenized()
    {
        using var others = _admission.Enter(100, 1);

        // Tokenizing it would throw: no such token id.
        await Assert.ThrowsAsync<OverloadedException>(() => RunAsync([new TokenInput([int.MaxValue])], CancellationToken.None));

        Assert.Equal(1, _admission.PendingTokens);
    }

    [Fact]
    public async Task RunAsync_CallerLeaves_ItsSequencesLeaveTheQueue()
    {
        using var left = new CancellationTokenSource();
        var running = RunAsync([new TokenInput([5, 6]), new TokenInput([7])], left.Token);
        Assert.Equal((2, 3L), (_queue.Count, _admission.PendingTokens));

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        Assert.Equal((0, 0L), (_queue.Count, _admission.PendingTokens));
    }

    [Fact]
    public async Task RunAsync_SomeInputsAreKnown_QueuesTheOthersAloneAndKeepsTheOrder()
    {
        await Answer(RunAsync([new TokenInput([5])], CancellationToken.None), 1);
        var mixed = RunAsync([new TokenInput([6]), new TokenInput([5]), new TokenInput([6])], CancellationToken.None);
        Assert.Equal(1, _queue.Count);

        var result = await Answer(mixed, 2);

        Assert.Equal([2, 1, 2], result.Rows.Select(row => row.Span[0]));
        Assert.Equal((CacheOutcome.Miss, 3), (result.Timing.Cache, result.Tokens));
    }

    private Task<EncoderResult<ClassificationModel>> RunAsync(EncoderInput[] inputs, CancellationToken cancellationToken)
        => _pipeline.RunAsync<ClassificationModel>(new(ClassificationTask.Id, null, inputs, new Caller(new(), new("c"), CachePolicy.Default)), cancellationToken);

    /// <summary>Completes what waits with rows of this number.</summary>
    private async Task<EncoderResult<ClassificationModel>> Answer(Task<EncoderResult<ClassificationModel>> running, float number)
    {
        using var batch = _queue.Take()!;
        foreach (var sequence in batch.Sequences) sequence.Complete([number], 0);
        return await running.WaitAsync(Patience);
    }
}
