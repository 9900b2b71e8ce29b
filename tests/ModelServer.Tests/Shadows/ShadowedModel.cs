using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
using ModelServer.Shadows;
using ModelServer.Telemetry;
using ModelServer.Tests.Encoders;
using ModelServer.Tests.Models;
using ServiceDefaults.Protocol;
using ServiceDefaults.Rollouts;
using Testing;

namespace ModelServer.Tests.Shadows;

/// <summary>A classifier in two versions, whose queues the test empties itself: 1 is active, 2 is in shadow.</summary>
internal sealed class ShadowedModel : IAsyncDisposable
{
    private const string Name = "tiny";
    private readonly TemporaryModels _models = new();
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _counted = new();

    /// <param name="adapt">Changes the folder of the version in shadow, which else holds the same.</param>
    public ShadowedModel(ShadowOptions? options = null, Action<string>? adapt = null)
    {
        _models.CopySmall("tiny-multilabel", Name, "1");
        var shadow = _models.CopySmall("tiny-multilabel", Name, "2");
        adapt?.Invoke(shadow);
        var services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<TimeProvider>(Time).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>();
        services.AddSingleton<CacheMetrics>().AddSingleton<MemoryRows>().AddSingleton<ResultCache>().AddSingleton<ModelCatalog>().AddSingleton<EncoderPipeline>();
        services.AddSingleton(Options.Create(new CacheOptions())).AddSingleton(Options.Create(new ModelsOptions())).AddSingleton(Options.Create(options ?? new ShadowOptions()));
        services.AddSingleton<ShadowMetrics>().AddSingleton<ShadowTrials>().AddSingleton(Rollouts.Board);
        services.AddSingleton<IEncoderObserver>(provider => provider.GetRequiredService<ShadowTrials>());
        _services = services.BuildServiceProvider();
        Listen(_services.GetRequiredService<IMeterFactory>());
        Active = Add("1", Queue);
        Shadow = Add("2", ShadowQueue);
        Rollouts.Board.Changed += Catalog.Obey;
        Rollouts.Activate(Name, "1");
    }

    public ManualTimeProvider Time { get; } = new();

    public TestRollouts Rollouts { get; } = new();

    public SequenceQueue Queue { get; } = BatchQueues.Queue(new InferenceOptions { BatchTokens = 64 }, TimeProvider.System);

    public SequenceQueue ShadowQueue { get; } = BatchQueues.Queue(new InferenceOptions { BatchTokens = 64 }, TimeProvider.System);

    public ModelVersion Active { get; }

    public ModelVersion Shadow { get; }

    public ModelCatalog Catalog => _services.GetRequiredService<ModelCatalog>();

    public VersionCounts ShadowCounts => Shadow.Counter.Read()!;

    /// <summary>Starts to watch, and begins a trial.</summary>
    public async Task BeginAsync()
    {
        await ((IHostedService)_services.GetRequiredService<ShadowTrials>()).StartAsync(CancellationToken.None);
        Rollouts.Change(Name, r => r.Trying("2", TrialStage.Shadow));
    }

    public void End() => Rollouts.Change(Name, r => r with { Trial = null });

    /// <summary>How often an instrument counted this model and outcome.</summary>
    public int Counted(string instrument, string version, string outcome) => _counted.Count(c => c == $"{instrument} {Name}:{version} {outcome}");

    public Task<EncoderResult<ClassificationModel>> AskAsync(EncoderInput input, string? model = Name, Caller? caller = null, CancellationToken cancellationToken = default)
        => _services.GetRequiredService<EncoderPipeline>().RunAsync<ClassificationModel>(
            new(ClassificationTask.Id, model, [input], caller ?? new Caller(new(), new("c"), CachePolicy.Default)), cancellationToken);

    /// <summary>Has the active version answer.</summary>
    public async Task AnswerAsync(EncoderInput input, params float[] row)
    {
        var running = AskAsync(input);
        await CompleteAsync(Queue, row);
        await running.WaitAsync(Eventually.Limit);
    }

    /// <summary>Completes what comes next in a queue.</summary>
    public static async Task CompleteAsync(SequenceQueue queue, params float[] row)
    {
        await Eventually.HoldsAsync(() => queue.Count > 0);
        using var batch = queue.Take()!;
        foreach (var sequence in batch.Sequences) sequence.Complete(row, 0);
    }

    public async ValueTask DisposeAsync()
    {
        await ((IHostedService)_services.GetRequiredService<ShadowTrials>()).StopAsync(CancellationToken.None).WaitAsync(Eventually.Limit);
        _listener.Dispose();
        await _services.DisposeAsync();
        _models.Dispose();
    }

    private ModelVersion Add(string number, SequenceQueue queue)
    {
        var version = new ModelVersion(Name, number, DateTimeOffset.UnixEpoch);
        Catalog.Put(version);
        Catalog.Publish(Catalog.Versions);
        var source = ModelSource.Read(new ModelFolder(_models.Path, Name, number));
        Catalog.BecomeReady(version, new ClassificationModel(source, new EncoderEngine(new AdmissionGate(100, 10_000, TimeProvider.System), queue, loop: null) { Width = source.Labels.Length }));
        return version;
    }

    private void Listen(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name is "model.requests" or "model.shadow.requests") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(t => t.Key, t => t.Value?.ToString());
            _counted.Enqueue($"{instrument.Name} {values["model"]} {values["outcome"]}");
        });
        _listener.Start();
    }
}
