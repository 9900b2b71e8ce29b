using Microsoft.Extensions.Options;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Looks every <see cref="ModelsOptions.WatchInterval"/> for versions that were put into the models folder. The first version of a model is loaded;
/// one of a model that is there already is offered: listed as unloaded, since when it takes over is an administrator's decision.</summary>
internal sealed partial class FolderWatch(
    ModelCatalog catalog,
    RolloutFollower follower,
    VersionLoader loader,
    IOptions<ModelsOptions> options,
    TimeProvider time,
    ILogger<FolderWatch> logger) : BackgroundService
{
    private readonly FolderLooks _looks = new(loader.Root, time);
    private bool _hasLooked;
    private bool _wasUnreadable;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.WatchInterval == TimeSpan.Zero) return;
        using var timer = new PeriodicTimer(options.Value.WatchInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Until the loader has found what was there at start, nothing is new.
            if (catalog.Scanned) Look();
        }
    }

    private void Look()
    {
        try
        {
            ModelFolder[] folders = [.. ModelFolder.Scan(loader.Root)];
            var settled = _looks.Look(folders, IsKnown, IsServed);
            _hasLooked = true;
            WithdrawGone(folders);
            // Of several first versions the highest is loaded.
            foreach (var folder in settled.OrderDescending(HighestLast.Instance)) Offer(folder);
            _wasUnreadable = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_wasUnreadable) LogUnreadable(e);
            _wasUnreadable = true;
        }
    }

    /// <summary>What is listed and lies nowhere any more, neither in its place nor in a wrong one, also what came and went between two looks. What is in memory
    /// serves on, and what a document wants says by its error that it is not there.</summary>
    private void WithdrawGone(ModelFolder[] folders)
    {
        var there = folders.Select(f => (f.Name, f.Version)).ToHashSet();
        ModelVersion[] missing = [.. catalog.Versions.Where(v => !there.Contains((v.Name, v.Version)) && IsNotLoaded(v) && !IsWanted(v))];
        if (missing.Length == 0) return;
        there.UnionWith(MisplacedModel.Scan(loader.Root).Select(m => (m.Name, m.Version)));
        foreach (var version in missing.Where(v => !there.Contains((v.Name, v.Version))))
        {
            catalog.Remove(version);
            LogGone(version.Name, version.Version);
        }
    }

    private static bool IsNotLoaded(ModelVersion version) => version is { State: ModelState.Error or ModelState.Unloaded, Loaded: null };

    private bool IsWanted(ModelVersion version) => VersionWishes.For(catalog.Document(version.Name), version.Version) is { IsLoaded: true };

    private void Offer(ModelFolder folder)
    {
        var isFirst = !catalog.Versions.Any(v => v.Name == folder.Name && v.State != ModelState.Error);
        var version = new ModelVersion(folder.Name, folder.Version, time.GetUtcNow());
        if (!catalog.Offer(version)) return;
        if (isFirst)
        {
            LogFirst(folder.Name, folder.Version);
            follower.Load(version);
        }
        else
        {
            LogOffered(folder.Name, folder.Version);
        }
    }

    /// <summary>What lay there when the server started is the loader's.</summary>
    private bool IsKnown(ModelFolder folder) => !_hasLooked && catalog.Get(folder.Name, folder.Version) is not null;

    private bool IsServed(ModelFolder folder) => catalog.Get(folder.Name, folder.Version)?.State is ModelState.Ready or ModelState.Loading or ModelState.Deprecated;

    [LoggerMessage(EventId = 1320, Level = LogLevel.Information, Message = "Model {Model}:{Version} was found and is loaded: it is the first of its name")]
    private partial void LogFirst(string model, string version);

    [LoggerMessage(EventId = 1321, Level = LogLevel.Information, Message = "Model {Model}:{Version} was found; it can be loaded or activated")]
    private partial void LogOffered(string model, string version);

    [LoggerMessage(EventId = 1322, Level = LogLevel.Information, Message = "Model {Model}:{Version} is listed no more: its folder is gone")]
    private partial void LogGone(string model, string version);

    [LoggerMessage(EventId = 1323, Level = LogLevel.Warning, Message = "The models folder cannot be looked at; what serves goes on")]
    private partial void LogUnreadable(Exception exception);

    private sealed class HighestLast : IComparer<ModelFolder>
    {
        public static readonly HighestLast Instance = new();

        public int Compare(ModelFolder? x, ModelFolder? y) => ModelNames.CompareVersions(x!.Version, y!.Version);
    }
}
