using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Finds the versions at start, loads them one after the other in the background and frees them at the end.</summary>
internal sealed partial class ModelLoader(
    ModelCatalog catalog,
    VersionLoader loader,
    ModelActivations activations,
    TimeProvider time,
    ILogger<ModelLoader> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => LoadAll(stoppingToken), stoppingToken);

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

    private void LoadAll(CancellationToken stoppingToken)
    {
        foreach (var (name, activation) in activations.All) catalog.Choose(name, activation.Active);
        var folders = ModelFolder.Scan(loader.Root).ToDictionary(f => new ModelVersion(f.Name, f.Version, time.GetUtcNow()));
        catalog.Publish([.. folders.Keys, .. MisplacedModel.Scan(loader.Root).Select(Failed)]);
        if (folders.Count == 0) LogNoModels(loader.Root);
        foreach (var version in catalog.Versions)
        {
            // What an administrator has loaded meanwhile is not among those found at start.
            if (folders.TryGetValue(version, out var folder)) loader.Load(version, folder, stoppingToken);
        }
    }

    private ModelVersion Failed(MisplacedModel model)
    {
        var version = new ModelVersion(model.Name, model.Version, time.GetUtcNow());
        version.Fail(model.Reason);
        LogMisplaced(version.Reference, model.Reason);
        return version;
    }

    [LoggerMessage(EventId = 1305, Level = LogLevel.Error, Message = "Model {Model} cannot be served. {Reason}")]
    private partial void LogMisplaced(string model, string reason);

    [LoggerMessage(EventId = 1306, Level = LogLevel.Warning, Message = "No models were found in {Folder}")]
    private partial void LogNoModels(string folder);
}
