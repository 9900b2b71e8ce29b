using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Models;

/// <summary>Carries out what an administrator asks of the versions on this replica. Changes to one model happen one after the other; requests never wait for them.</summary>
internal sealed partial class ModelLifecycle(
    ModelCatalog catalog,
    VersionLoader loader,
    LoadMemory memory,
    ModelActivations activations,
    IOptions<ModelsOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ModelLifecycle> logger)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <summary>Loads a version from its folder beside what runs. One that is ready stays as it is; one that is draining is kept; one that is loading is waited for.</summary>
    /// <exception cref="ModelNotFoundException">There is no such folder.</exception>
    /// <exception cref="ModelMemoryException">It does not fit.</exception>
    /// <exception cref="ModelLoadException">It cannot be served.</exception>
    public async Task LoadAsync(string name, string version, CancellationToken cancellationToken)
    {
        var folder = loader.Find(name, version);
        if (catalog.Get(name, version) is { State: ModelState.Loading } loading) await JoinAsync(loading).WaitAsync(cancellationToken);
        else await ChangeAsync(name, () => LoadAsync(folder), cancellationToken);
    }

    /// <summary>Makes a ready version the one that the bare name means.</summary>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelConflictException">It is not ready.</exception>
    public Task ActivateAsync(string name, string version, CancellationToken cancellationToken)
    {
        Existing(name, version);
        return ChangeAsync(
            name,
            () =>
            {
                var target = Existing(name, version);
                if (target.State != ModelState.Ready) throw new ModelConflictException($"Only a ready version can be activated; {Describe(target)}.");
                Choose(name, version);
                return Task.CompletedTask;
            },
            cancellationToken);
    }

    /// <summary>Goes back to the version that was active before, at once if it is still ready, else after loading it.</summary>
    /// <exception cref="ModelNotFoundException">There is no such model.</exception>
    /// <exception cref="ModelConflictException">No other version was active before.</exception>
    public Task RollbackAsync(string name, CancellationToken cancellationToken)
    {
        if (!catalog.Versions.Any(v => v.Name == name)) throw new ModelNotFoundException(name);
        return ChangeAsync(
            name,
            async () =>
            {
                var previous = activations.Of(name).Previous;
                if (previous is null || previous == catalog.Active(name)?.Version)
                    throw new ModelConflictException($"No other version of '{name}' was active before.");
                if (catalog.Get(name, previous)?.State != ModelState.Ready) await LoadAsync(loader.Find(name, previous));
                Choose(name, previous);
            },
            cancellationToken);
    }

    /// <summary>Takes a version out of service: no new requests, then those in flight end, then it is freed.
    /// Returns after <see cref="ModelsOptions.DrainTimeout"/> at the latest; draining then goes on by itself.</summary>
    /// <param name="force">Also when no other version of the model is ready.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelConflictException">It is not loaded, or the only one that is ready.</exception>
    public async Task UnloadAsync(string name, string version, bool force, CancellationToken cancellationToken)
    {
        Existing(name, version);
        var drained = Task.CompletedTask;
        await ChangeAsync(
            name,
            () =>
            {
                var target = Existing(name, version);
                drained = Drain(target, force);
                return Task.CompletedTask;
            },
            cancellationToken);
        try
        {
            await drained.WaitAsync(options.Value.DrainTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            LogStillDraining($"{name}:{version}");
        }
    }

    private Task Drain(ModelVersion target, bool force)
    {
        if (target.State == ModelState.Unloaded) return Task.CompletedTask;
        if (target.State is ModelState.Loading or ModelState.Error) throw new ModelConflictException($"Only a loaded version can be unloaded; {Describe(target)}.");
        var others = catalog.Versions.Any(v => v.Name == target.Name && v != target && v.State == ModelState.Ready);
        if (target.State == ModelState.Ready && !others && !force)
            throw new ModelConflictException($"'{target.Reference}' is the only ready version of its model; force=true unloads it all the same.");
        var drained = catalog.Drain(target);
        if (catalog.Chosen(target.Name) == target.Version) Choose(target.Name, null);
        LogDraining(target.Reference);
        return drained;
    }

    private async Task LoadAsync(ModelFolder folder)
    {
        var current = catalog.Get(folder.Name, folder.Version);
        if (current is { State: ModelState.Ready }) return;
        if (current is { State: ModelState.Loading })
        {
            await JoinAsync(current);
            return;
        }

        if (current is { State: ModelState.Deprecated })
        {
            if (catalog.TryRevive(current)) return;
            await current.Drain();
        }

        memory.Check(folder);
        var version = new ModelVersion(folder.Name, folder.Version, current?.FoundAt ?? time.GetUtcNow());
        catalog.Put(version);
        await Task.Run(() => loader.Load(version, folder, lifetime.ApplicationStopping));
        ThrowIfFailed(version);
    }

    private static async Task JoinAsync(ModelVersion loading)
    {
        await loading.Settled;
        ThrowIfFailed(loading);
    }

    private static void ThrowIfFailed(ModelVersion version)
    {
        if (version is { State: ModelState.Error, Reason: { } reason }) throw new ModelLoadException(reason);
    }

    private void Choose(string name, string? version)
    {
        catalog.Choose(name, version);
        activations.Set(name, activations.Of(name) with { Active = version });
        if (version is not null) LogActive($"{name}:{version}");
    }

    /// <summary>Waits for its turn as long as the caller does; what has begun is finished even when the caller leaves.</summary>
    private async Task ChangeAsync(string name, Func<Task> change, CancellationToken cancellationToken)
    {
        var gate = _gates.GetOrAdd(name, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        await RunAsync().WaitAsync(cancellationToken);

        async Task RunAsync()
        {
            try
            {
                await RememberPreviousAsync(name, change);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    private async Task RememberPreviousAsync(string name, Func<Task> change)
    {
        var before = catalog.Active(name)?.Version;
        try
        {
            await change();
        }
        finally
        {
            if (before is not null && catalog.Active(name)?.Version != before) activations.Set(name, activations.Of(name) with { Previous = before });
        }
    }

    private ModelVersion Existing(string name, string version) => catalog.Get(name, version) ?? throw new ModelNotFoundException($"{name}:{version}");

    private static string Describe(ModelVersion version) => $"'{version.Reference}' is {version.State.ToString().ToLowerInvariant()}";

    [LoggerMessage(EventId = 1302, Level = LogLevel.Information, Message = "Model {Model} was made the active version")]
    private partial void LogActive(string model);

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "Model {Model} is being unloaded")]
    private partial void LogDraining(string model);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Warning, Message = "Model {Model} still answers requests after the drain timeout; it is freed after the last")]
    private partial void LogStillDraining(string model);
}
