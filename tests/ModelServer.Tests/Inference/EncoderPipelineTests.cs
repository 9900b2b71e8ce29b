using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelServer.Admission;
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
        var services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ModelServerMetrics>();
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
}
