using System.Threading.Channels;
using ModelServer.Admission;
using ModelServer.Models;

namespace ModelServer.Shadows;

/// <summary>One version's time in shadow: puts to it, one after the other, what the active version has answered. Ends, and ends what runs, when disposed.</summary>
internal sealed partial class ShadowTrial : IDisposable
{
    private readonly ModelCatalog _catalog;
    private readonly ShadowOptions _options;
    private readonly ShadowMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<IShadowRequest> _waiting;
    private readonly CancellationTokenSource _ended = new();
    private readonly string _reference;

    public ShadowTrial(Rollout document, ModelCatalog catalog, ShadowOptions options, ShadowMetrics metrics, TimeProvider time, ILogger logger)
    {
        Document = document;
        _catalog = catalog;
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _reference = $"{document.Model}:{document.Trial!.Version}";
        _waiting = Channel.CreateBounded<IShadowRequest>(new BoundedChannelOptions(options.QueuedRequests) { SingleReader = true });
        Ended = Task.Run(RunAsync);
    }

    public Rollout Document { get; }

    /// <summary>Completes when nothing runs any more.</summary>
    public Task Ended { get; }

    public bool IsReady => Shadow is not null;

    private ModelVersion? Shadow => _catalog.Get(Document.Model, Document.Trial!.Version) is { State: ModelState.Ready } ready ? ready : null;

    /// <summary>Takes a request in if there is room; never waits.</summary>
    public void Add(IShadowRequest request)
    {
        if (!_waiting.Writer.TryWrite(request)) _metrics.Ended(_reference, "dropped");
    }

    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        // What is cancelled runs elsewhere: whoever ends a trial holds a lock.
        _ = _ended.CancelAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var request in _waiting.Reader.ReadAllAsync(_ended.Token)) _metrics.Ended(_reference, await AskAsync(request));
        }
        catch (OperationCanceledException)
        {
            // The trial has ended.
        }
    }

    /// <returns>What became of it.</returns>
    private async Task<string> AskAsync(IShadowRequest request)
    {
        if (Shadow is not { } shadow || IsBusy(shadow)) return "dropped";
        try
        {
            if (await request.AskAsync(shadow, _ended.Token) is not { } comparison) return "skipped";
            shadow.Counter.Compared(_time.GetUtcNow(), comparison.Agreed, comparison.Distance);
            return comparison.Agreed ? "agreed" : "differed";
        }
        catch (Exception e) when (e is OverloadedException or ModelNotReadyException)
        {
            return "dropped";
        }
        catch (Exception e) when (!_ended.IsCancellationRequested)
        {
            // Also what it refuses: the active version did not.
            shadow.Counter.Failed(_time.GetUtcNow());
            LogFailed(_reference, e);
            return "error";
        }
    }

    private bool IsBusy(ModelVersion shadow) => _catalog.Versions.Where(v => v != shadow).Sum(v => v.Loaded?.Waiting ?? 0) > _options.MaxWaiting;

    [LoggerMessage(EventId = 1600, Level = LogLevel.Warning, Message = "Model {Model} failed in shadow")]
    private partial void LogFailed(string model, Exception exception);
}
