using Microsoft.Extensions.Options;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Models;

/// <summary>Takes a version from its folder to ready, or to error with its reason.</summary>
internal sealed partial class VersionLoader(
    ModelCatalog catalog,
    ModelFactory factory,
    LoadMemory memory,
    IOptions<ModelsOptions> options,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    ModelServerMetrics metrics,
    TimeProvider time,
    ILogger<VersionLoader> logger)
{
    /// <summary>The device was asked for by name and does not work: see <see cref="ExecutionDevice"/>.</summary>
    private const int DeviceExitCode = 3;

    public string Root { get; } = Path.GetFullPath(options.Value.Folder, environment.ContentRootPath);

    /// <summary>Finds the folder of one version as it is now. No path is ever made of the two names.</summary>
    /// <exception cref="ModelNotFoundException">There is none.</exception>
    /// <exception cref="ModelLoadException">There is one in a place where it is not served.</exception>
    public ModelFolder Find(string name, string version)
        => ModelFolder.Scan(Root).FirstOrDefault(f => f.Name == name && f.Version == version)
            ?? throw (MisplacedModel.Scan(Root).FirstOrDefault(m => m.Name == name && m.Version == version) is { } misplaced
                ? new ModelLoadException(misplaced.Reason)
                : new ModelNotFoundException($"{name}:{version}"));

    /// <summary>Lists, as failed, what lies in the models folder where it is not served.</summary>
    public IEnumerable<ModelVersion> Misplaced()
    {
        foreach (var model in MisplacedModel.Scan(Root))
        {
            var version = new ModelVersion(model.Name, model.Version, time.GetUtcNow());
            version.Fail(model.Reason);
            LogMisplaced(version.Reference, model.Reason);
            yield return version;
        }
    }

    /// <summary>Loads a version beside those that run, warms it up, checks its golden cases, and only then lets it answer.</summary>
    public void Load(ModelVersion version, CancellationToken stoppingToken)
    {
        var start = time.GetTimestamp();
        try
        {
            stoppingToken.ThrowIfCancellationRequested();
            var loaded = Load(Find(version.Name, version.Version), stoppingToken);
            // Before it answers: what was read of its files and graph is garbage now, as much again as what it keeps.
            ManagedHeap.CollectAfterStart();
            NativeHeap.Trim();
            catalog.BecomeReady(version, loaded);
            _ = WatchAsync(version, loaded);
            metrics.LoadEnded(version.Reference, isReady: true, time.GetElapsedTime(start));
            LogReady(version.Reference, loaded.Task, loaded.Variant, time.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (DeviceException e)
        {
            LogDevice(e.Message);
            Environment.ExitCode = DeviceExitCode;
            version.Fail(e.Message);
            // Not while the host still starts: it would end with an exception of its own instead of the exit code.
            lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        }
        catch (ModelNotFoundException e)
        {
            version.Fail("Its folder is not in this server's models folder.");
            LogFailed(version.Reference, e);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            version.Fail("The server stopped while the model was loading.");
        }
        catch (Exception e)
        {
            // One bad folder must not take the others down; what we did not foresee stays in the log.
            version.Fail(e is ModelLoadException or ModelMemoryException ? e.Message : "The model could not be loaded; the server's log has the details.");
            metrics.LoadEnded(version.Reference, isReady: false, time.GetElapsedTime(start));
            LogFailed(version.Reference, e);
        }
    }

    /// <summary>Reserves the memory that the model will need before the load begins, for as long as the model is loaded.</summary>
    private LoadedModel Load(ModelFolder folder, CancellationToken stoppingToken)
    {
        var promise = memory.Reserve(folder);
        try
        {
            var loaded = factory.Load(folder, stoppingToken);
            loaded.Memory = promise;
            return loaded;
        }
        catch
        {
            promise.Dispose();
            throw;
        }
    }

    /// <summary>Takes a model that cannot go on out of service; the others go on.</summary>
    private async Task WatchAsync(ModelVersion version, LoadedModel loaded)
    {
        var failure = await loaded.Failure;
        catalog.Break(version, "The model failed while it served; the server's log has the details.");
        LogBroken(version.Reference, failure);
    }

    [LoggerMessage(EventId = 1305, Level = LogLevel.Error, Message = "Model {Model} cannot be served. {Reason}")]
    private partial void LogMisplaced(string model, string reason);

    [LoggerMessage(EventId = 1307, Level = LogLevel.Critical, Message = "Model {Model} failed and is taken out of service")]
    private partial void LogBroken(string model, Exception exception);

    [LoggerMessage(EventId = 1308, Level = LogLevel.Information, Message = "Model {Model} is ready: {Task}, {Variant}, loaded and warm in {Milliseconds:F0} ms")]
    private partial void LogReady(string model, string task, string variant, double milliseconds);

    [LoggerMessage(EventId = 1309, Level = LogLevel.Error, Message = "Model {Model} cannot be served")]
    private partial void LogFailed(string model, Exception exception);

    [LoggerMessage(EventId = 1310, Level = LogLevel.Critical, Message = "{Reason}")]
    private partial void LogDevice(string reason);
}
