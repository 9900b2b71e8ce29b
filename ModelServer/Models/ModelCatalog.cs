using System.Collections.Immutable;
using Microsoft.Extensions.Options;

namespace ModelServer.Models;

/// <summary>All versions found, and the rule which of them answers a request.</summary>
internal sealed class ModelCatalog(IOptions<ModelsOptions> options)
{
    private ImmutableArray<ModelVersion> _versions = [];
    private volatile bool _scanned;

    /// <summary>Every version found, by name, highest version first.</summary>
    public ImmutableArray<ModelVersion> Versions => _versions;

    /// <summary>Every version is ready or in error, and at least one is ready.</summary>
    public bool IsReady => _scanned && !_versions.Any(v => v.State == ModelState.Loading) && AnyReady;

    public bool AnyReady => _versions.Any(v => v.State == ModelState.Ready);

    public void Publish(IEnumerable<ModelVersion> found)
    {
        _versions = [.. found.OrderBy(v => v.Name, StringComparer.Ordinal).ThenByDescending(v => v.Version, VersionOrder.Instance)];
        _scanned = true;
    }

    /// <summary>The version that a listing or an unversioned request means by a name: the highest ready one.</summary>
    public ModelVersion? Active(string name) => _versions.FirstOrDefault(v => v.Name == name && v.State == ModelState.Ready);

    /// <summary>The version that answers a request for a task.</summary>
    /// <param name="reference"><c>name</c>, <c>name:version</c>, or null for the task's default.</param>
    /// <param name="task">One of <see cref="ModelTask"/>.</param>
    /// <exception cref="ModelNotFoundException">No such model or version.</exception>
    /// <exception cref="ModelNotReadyException">It is loading or failed to load.</exception>
    /// <exception cref="ModelChoiceException">None is named and none is the obvious one, or its task is another.</exception>
    public ModelVersion Find(string? reference, string task)
    {
        var version = reference is null ? Default(task) : Named(reference);
        if (version.Loaded is not { } loaded) throw NotReady(version);
        return loaded.Task == task ? version : throw new ModelChoiceException($"The model '{version.Name}' does {loaded.Task}, not {task}.");
    }

    /// <summary><see cref="Find"/>, held so that it is not unloaded while it answers.</summary>
    public ModelLease Acquire(string? reference, string task)
    {
        // A version can begin to drain between the two steps; the next look then finds another one or says why not.
        while (true)
        {
            if (Find(reference, task).TryAcquire() is { } lease) return lease;
        }
    }

    /// <summary>A named version, whatever its task, held as by <see cref="Acquire"/>.</summary>
    public ModelLease AcquireNamed(string reference)
    {
        while (true)
        {
            var version = Named(reference);
            if (version.TryAcquire() is { } lease) return lease;
            if (version.State != ModelState.Ready) throw NotReady(version);
        }
    }

    private ModelVersion Named(string reference)
    {
        var (name, version) = ModelNames.Split(reference);
        var candidates = _versions.Where(v => v.Name == name && (version is null || v.Version == version)).ToArray();
        return candidates.FirstOrDefault(v => v.State == ModelState.Ready) ?? candidates.FirstOrDefault()
            ?? throw (_scanned ? new ModelNotFoundException(reference) : new ModelNotReadyException("The models are being loaded."));
    }

    private ModelVersion Default(string task)
    {
        if (options.Value.Defaults.TryGetValue(task, out var configured)) return Named(configured);
        var names = _versions.Where(v => v.Loaded?.Task == task).Select(v => v.Name).Distinct().ToArray();
        return names switch
        {
            [var only] => Active(only)!,
            [] when !_scanned || _versions.Any(v => v.State == ModelState.Loading) => throw new ModelNotReadyException("The models are being loaded."),
            [] => throw new ModelChoiceException($"No model for {task} is ready."),
            _ => throw new ModelChoiceException($"Several models do {task}; name one of: {string.Join(", ", names)}."),
        };
    }

    private static ModelNotReadyException NotReady(ModelVersion version) => new(version.State == ModelState.Loading
        ? $"The model '{version.Reference}' is being loaded."
        : $"The model '{version.Reference}' is not available: {version.State.ToString().ToLowerInvariant()}.");

    private sealed class VersionOrder : IComparer<string>
    {
        public static readonly VersionOrder Instance = new();

        public int Compare(string? x, string? y) => ModelNames.CompareVersions(x!, y!);
    }
}
