using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Finds the versions at the start and from then on makes of them what the documents want, until both agree: loads, one at a time and under the model's lease, so
/// that replicas load one after another; drains and frees. What a bare name means follows a document at once, in one step, and before anything drains.</summary>
/// <param name="store">Where leases are; null where there are no documents either.</param>
internal sealed partial class RolloutFollower(
    ModelCatalog catalog,
    VersionLoader loader,
    RolloutBoard board,
    IOptions<RolloutOptions> options,
    TimeProvider time,
    ILogger<RolloutFollower> logger,
    IRolloutStore? store = null) : BackgroundService
{
    private const string Stopped = "The server stopped before the model was loaded.";

    /// <summary>Filled when there may be something to do.</summary>
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    /// <summary>Found at the start and not begun yet. The loop alone reads and writes it, as what follows.</summary>
    private readonly HashSet<ModelVersion> _found = [];
    /// <summary>Offered since, to be loaded as those that were found at the start; written on any thread.</summary>
    private readonly ConcurrentQueue<ModelVersion> _arrived = new();
    private Task _loading = Task.CompletedTask;
    /// <summary>False before the loop is woken for what comes next, when the task itself may not have ended yet.</summary>
    private volatile bool _isLoading;

    /// <summary>Loads an offered version as if it had been found at the start, unless a document speaks against it.</summary>
    public void Load(ModelVersion offered)
    {
        _arrived.Enqueue(offered);
        _news.Writer.TryWrite(true);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Task.WhenAll(catalog.Versions.Select(v => v.Settled)).WaitAsync(cancellationToken);
            await Task.WhenAll(catalog.Versions.Where(v => v.Loaded is not null).Select(catalog.Drain)).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Out of time: whoever still holds a lease is cut off, but no run is left behind in the engine.
            foreach (var version in catalog.Versions) version.Loaded?.Dispose();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        board.Changed += Hear;
        try
        {
            foreach (var document in board.All.Values) Hear(document);
            PublishFound();
            await HearFirstAsync(stoppingToken);
            while (true)
            {
                await FollowAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await _loading;
        }
        finally
        {
            board.Changed -= Hear;
            foreach (var version in _found) version.Fail(Stopped);
        }
    }

    /// <summary>On the thread that heard of it, which holds the board's lock.</summary>
    private void Hear(Rollout document)
    {
        catalog.Obey(document);
        _news.Writer.TryWrite(true);
    }

    private void PublishFound()
    {
        _found.UnionWith(ModelFolder.Scan(loader.Root).Select(f => new ModelVersion(f.Name, f.Version, time.GetUtcNow())));
        catalog.Publish([.. _found, .. loader.Misplaced()]);
        if (_found.Count == 0) LogNoModels(loader.Root);
    }

    private async Task HearFirstAsync(CancellationToken cancellationToken)
    {
        if (store is null) return;
        try
        {
            await board.Heard.WaitAsync(options.Value.StartPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogUnheard();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _news.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(options.Value.PollInterval, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Leases are asked for again, and what was freed meanwhile is seen.
        }

        _news.Reader.TryRead(out _);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var document in catalog.Documents)
                foreach (var wish in VersionWishes.Of(document)) Settle(document.Model, wish);
            while (_arrived.TryDequeue(out var offered)) Take(offered);
            foreach (var version in _found.ToArray())
                if (!VersionWishes.IsWantedAtStart(catalog.Document(version.Name), version.Version)) Withhold(version, ModelVersion.Offered);
            if (!_isLoading) await LoadNextAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next look begins anew.
            LogFailed(e);
        }
    }

    private void Take(ModelVersion offered)
    {
        // Somebody may have asked for it meanwhile, or its folder is gone.
        if (catalog.Get(offered.Name, offered.Version) != offered) return;
        var version = new ModelVersion(offered.Name, offered.Version, offered.FoundAt);
        catalog.Put(version);
        _found.Add(version);
    }

    /// <summary>Does what takes no time: begins drains, ends them early, notes which wish a state answers.</summary>
    private void Settle(string model, VersionWish wish)
    {
        if (catalog.Get(model, wish.Version) is not { } version) return;
        switch (version.State)
        {
            case ModelState.Deprecated when wish.IsLoaded && !catalog.TryRevive(version):
            case ModelState.Unloaded or ModelState.Error when wish.IsLoaded:
                return;
            case ModelState.Ready when !wish.IsLoaded:
                LogDraining(version.Reference);
                _ = WakeAfterAsync(UnloadAsync(version));
                break;
            case ModelState.Loading when !wish.IsLoaded && _found.Contains(version):
                Withhold(version, null);
                break;
            case ModelState.Loading:
                return;
            case ModelState.Error when version.Order < wish.Order:
                Forget(version, wish.Order);
                return;
        }

        version.Order = Math.Max(version.Order, wish.Order);
    }

    private void Withhold(ModelVersion version, string? reason)
    {
        _found.Remove(version);
        version.Withhold(reason);
    }

    /// <summary>A version that failed and is not wanted any more is listed as any other that is not loaded, or no more if its folder has gone.</summary>
    private void Forget(ModelVersion failed, long order)
    {
        if (failed.Loaded is not null) return;
        try
        {
            _ = loader.Find(failed.Name, failed.Version);
            var version = new ModelVersion(failed.Name, failed.Version, failed.FoundAt) { Order = order };
            version.Withhold(null);
            catalog.Put(version);
        }
        catch (ModelNotFoundException)
        {
            catalog.Remove(failed);
        }
        catch (ModelLoadException)
        {
            failed.Order = order;
        }
    }

    /// <summary>Begins to load what is wanted most of what is not loaded: what documents name, then what was found at the start.</summary>
    private async Task LoadNextAsync(CancellationToken cancellationToken)
    {
        foreach (var (model, wish, _) in Wanted())
        {
            if (_found.FirstOrDefault(v => v.Name == model && v.Version == wish.Version) is { } found)
            {
                // A server that starts takes no requests from others: it need not wait for them.
                Begin(found, wish.Order, lease: null, cancellationToken);
                return;
            }

            var lease = store is null ? null : await store.TryLeaseAsync(model, cancellationToken);
            if (store is not null && lease is null) continue;
            // While the lease was asked for, the document may have changed.
            if (VersionWishes.For(catalog.Document(model), wish.Version) is { IsLoaded: true } still && IsToBeLoaded(model, still))
            {
                var version = new ModelVersion(model, wish.Version, catalog.Get(model, wish.Version)?.FoundAt ?? time.GetUtcNow()) { Order = still.Order };
                catalog.Put(version);
                Begin(version, still.Order, lease, cancellationToken);
                return;
            }

            if (lease is not null) await lease.DisposeAsync();
        }

        if (catalog.Versions.FirstOrDefault(_found.Contains) is { } next) Begin(next, VersionWishes.For(catalog.Document(next.Name), next.Version)?.Order ?? 0, lease: null, cancellationToken);
    }

    /// <summary>What documents want loaded, active versions before others.</summary>
    private IEnumerable<(string Model, VersionWish Wish, int Rank)> Wanted()
        => catalog.Documents.SelectMany(d => VersionWishes.Of(d).Select((wish, rank) => (d.Model, wish, rank)))
            .Where(w => ModelNames.IsName(w.Model) && ModelNames.IsVersion(w.wish.Version) && w.wish.IsLoaded && IsToBeLoaded(w.Model, w.wish))
            .OrderBy(w => w.rank).ThenBy(w => w.Model, StringComparer.Ordinal).ToArray();

    /// <summary>A failure is final until somebody asks again, which raises the wish's number.</summary>
    private bool IsToBeLoaded(string model, VersionWish wish) => catalog.Get(model, wish.Version) switch
    {
        null or { State: ModelState.Unloaded } => true,
        { State: ModelState.Error, Loaded: null } failed => failed.Order < wish.Order,
        { State: ModelState.Loading } loading => _found.Contains(loading),
        _ => false,
    };

    private void Begin(ModelVersion version, long order, IAsyncDisposable? lease, CancellationToken stoppingToken)
    {
        _found.Remove(version);
        version.Order = order;
        _isLoading = true;
        _loading = WakeAfterAsync(Task.Run(
            async () =>
            {
                try
                {
                    await using (lease) loader.Load(version, stoppingToken);
                }
                finally
                {
                    _isLoading = false;
                }
            },
            CancellationToken.None));
    }

    private async Task UnloadAsync(ModelVersion version)
    {
        await catalog.Drain(version);
        // What was read of the model is large and old: left alone, the collector would find it some loads later. It stops a server, whose heap is small, for some 30 ms.
        if (version.State == ModelState.Unloaded) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task WakeAfterAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            LogFailed(e);
        }

        _news.Writer.TryWrite(true);
    }

    [LoggerMessage(EventId = 1306, Level = LogLevel.Warning, Message = "No models were found in {Folder}")]
    private partial void LogNoModels(string folder);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "Model {Model} is being unloaded")]
    private partial void LogDraining(string model);

    [LoggerMessage(EventId = 1311, Level = LogLevel.Warning, Message = "What is rolled out could not be heard in time; the highest ready versions answer until it is")]
    private partial void LogUnheard();

    [LoggerMessage(EventId = 1312, Level = LogLevel.Error, Message = "Rollouts could not be followed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
