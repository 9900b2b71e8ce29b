using Microsoft.Extensions.Options;
using ModelServer.Inference;

namespace ModelServer.Models;

/// <summary>Finds the versions at start, loads them one after the other in the background and frees them at the end.</summary>
internal sealed partial class ModelLoader(
    ModelCatalog catalog,
    ModelFactory factory,
    IOptions<ModelsOptions> options,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ModelLoader> logger) : BackgroundService
{
    /// <summary>The device was asked for by name and does not work: see <see cref="ExecutionDevice"/>.</summary>
    private const int DeviceExitCode = 3;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => LoadAll(stoppingToken), stoppingToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var version in catalog.Versions) version.Loaded?.Dispose();
    }

    private void LoadAll(CancellationToken stoppingToken)
    {
        var root = Path.GetFullPath(options.Value.Folder, environment.ContentRootPath);
        var folders = ModelFolder.Scan(root).ToDictionary(f => new ModelVersion(f.Name, f.Version, time.GetUtcNow()));
        catalog.Publish(folders.Keys);
        if (folders.Count == 0) LogNoModels(root);
        foreach (var version in catalog.Versions)
        {
            if (stoppingToken.IsCancellationRequested) return;
            Load(version, folders[version], stoppingToken);
        }
    }

    private void Load(ModelVersion version, ModelFolder folder, CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        try
        {
            var loaded = factory.Load(folder, stoppingToken);
            version.BecomeReady(loaded);
            LogReady(version.Reference, loaded.Task, loaded.Variant, time.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (DeviceException e)
        {
            LogDevice(e.Message);
            Environment.ExitCode = DeviceExitCode;
            version.Fail(e.Message);
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            version.Fail("The server stopped while the model was loading.");
        }
        catch (Exception e)
        {
            // One bad folder must not take the others down; what we did not foresee stays in the log.
            version.Fail(e is ModelLoadException ? e.Message : "The model could not be loaded; the server's log has the details.");
            LogFailed(version.Reference, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Model} is ready: {Task}, {Variant}, loaded and warm in {Milliseconds:F0} ms")]
    private partial void LogReady(string model, string task, string variant, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Model} cannot be served")]
    private partial void LogFailed(string model, Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason}")]
    private partial void LogDevice(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No models were found in {Folder}")]
    private partial void LogNoModels(string folder);
}
