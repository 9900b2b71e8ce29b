using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Holds all versions found, and decides which of them answers a request.
/// What a bare name means changes in one step, before the old version begins to drain: no request falls in between.</summary>
internal sealed class ModelCatalog(IOptions<ModelsOptions> options)
{
    private readonly Lock _gate = new();
    private ImmutableArray<ModelVersion> _versions = [];
    private ImmutableArray<ModelVersion> _foundAtStart;
    /// <summary>The versions that answer requests; replaced as a whole under the gate, read without it.</summary>
    private volatile Routes _routes = Routes.None;
    private ImmutableDictionary<string, string> _chosen = ImmutableDictionary<string, string>.Empty;

    /// <summary>Every version found, by name, highest version first.</summary>
    public ImmutableArray<ModelVersion> Versions => _versions;

    /// <summary>Whether the server takes requests, by <see cref="ModelsOptions.ReadyWhen"/>. Later loads do not make it false.</summary>
    public bool IsReady => AnyReady && (options.Value.ReadyWhen == ReadyWhen.Any || (Scanned && !_foundAtStart.Any(v => v.State == ModelState.Loading)));

    public bool AnyReady => _routes.ByName.Count > 0;

    /// <summary>Whether the versions found at start are listed.</summary>
    public bool Scanned => !_foundAtStart.IsDefault;

    /// <summary>Lists the versions found at start.</summary>
    public void Publish(IEnumerable<ModelVersion> found)
    {
        lock (_gate)
        {
            _versions = Sort(found);
            _foundAtStart = _versions;
            foreach (var name in _versions.Select(v => v.Name).Distinct()) RouteLocked(name);
        }
    }

    /// <summary>Lists a new load of a version, in place of an earlier one that serves no more.</summary>
    public void Put(ModelVersion version)
    {
        lock (_gate) _versions = Sort(_versions.Where(v => v.Reference != version.Reference).Append(version));
    }

    /// <summary>Lists a version that nobody has loaded yet, unless one of its reference is loaded or being loaded.</summary>
    public bool Offer(ModelVersion version)
    {
        lock (_gate)
        {
            if (Get(version.Name, version.Version) is { State: not (ModelState.Unloaded or ModelState.Error) }) return false;
            _versions = Sort(_versions.Where(v => v.Reference != version.Reference).Append(version));
            return true;
        }
    }

    /// <summary>Lists a version no more whose folder is gone, if it was offered and never loaded, or failed to load.</summary>
    public bool Withdraw(string name, string version)
    {
        lock (_gate)
        {
            if (Get(name, version) is not ({ State: ModelState.Error, Loaded: null } or { State: ModelState.Unloaded, Reason: not null })) return false;
            _versions = [.. _versions.Where(v => v.Name != name || v.Version != version)];
            return true;
        }
    }

    public ModelVersion? Get(string name, string version) => _versions.FirstOrDefault(v => v.Name == name && v.Version == version);

    /// <summary>The version that a listing or an unversioned request means by a name: the chosen one if it is ready, else the highest ready one.</summary>
    public ModelVersion? Active(string name) => _routes.ByName.GetValueOrDefault(name);

    /// <summary>The version chosen to be active, or null when the highest is.</summary>
    public string? Chosen(string name) => Volatile.Read(ref _chosen).GetValueOrDefault(name);

    /// <summary>Chooses the active version of a model; null goes back to the highest.</summary>
    public void Choose(string name, string? version)
    {
        lock (_gate)
        {
            Volatile.Write(ref _chosen, version is null ? _chosen.Remove(name) : _chosen.SetItem(name, version));
            RouteLocked(name);
        }
    }

    /// <summary>Lets a version answer requests.</summary>
    public void BecomeReady(ModelVersion version, LoadedModel loaded)
    {
        lock (_gate)
        {
            version.BecomeReady(loaded);
            RouteLocked(version.Name);
        }
    }

    /// <inheritdoc cref="ModelVersion.Break"/>
    public void Break(ModelVersion version, string reason)
    {
        lock (_gate)
        {
            version.Break(reason);
            RouteLocked(version.Name);
        }
    }

    /// <inheritdoc cref="ModelVersion.TryRevive"/>
    public bool TryRevive(ModelVersion version)
    {
        lock (_gate)
        {
            if (!version.TryRevive()) return false;
            RouteLocked(version.Name);
            return true;
        }
    }

    /// <inheritdoc cref="ModelVersion.Drain"/>
    public Task Drain(ModelVersion version)
    {
        lock (_gate)
        {
            RouteLocked(version.Name, leaving: version);
            return version.Drain();
        }
    }

    /// <summary>Finds the version that answers a request for a task.</summary>
    /// <param name="reference"><c>name</c>, <c>name:version</c>, or null for the task's default.</param>
    /// <param name="task">An <see cref="ITask.Name"/>.</param>
    /// <param name="user">Who may learn why it is not ready.</param>
    /// <exception cref="ModelNotFoundException">No such model or version.</exception>
    /// <exception cref="ModelNotReadyException">It is loading, unloaded or failed to load.</exception>
    /// <exception cref="ModelChoiceException">None is named and none is the obvious one, or its task is another.</exception>
    public ModelVersion Find(string? reference, string task, ClaimsPrincipal user)
    {
        var version = reference is null ? Default(task, user) : Named(reference, user);
        return version.ServedTask == task ? version : throw new ModelChoiceException($"The model '{version.Name}' does {version.ServedTask}, not {task}.");
    }

    /// <summary>Finds as <see cref="Find"/> does, and holds the version so that it is not unloaded while it answers.</summary>
    /// <param name="user">Whose token must be for it.</param>
    /// <inheritdoc cref="Find"/>
    public ModelLease<TModel> Acquire<TModel>(string? reference, string task, ClaimsPrincipal user)
        where TModel : LoadedModel
    {
        // A version can begin to drain between the two steps; the next look then finds its successor or says why there is none.
        while (true)
        {
            if (Find(reference, task, user).TryAcquire<TModel>() is { } lease) return Allowed(lease, reference, user);
        }
    }

    /// <summary>Holds a named version, whatever its task.</summary>
    public ModelLease<LoadedModel> AcquireNamed(string reference, ClaimsPrincipal user)
    {
        while (true)
        {
            if (Named(reference, user).TryAcquire<LoadedModel>() is { } lease) return Allowed(lease, reference, user);
        }
    }

    /// <summary>Whether a request for a task that names no model is answered now.</summary>
    public bool HasDefault(string task)
    {
        if (!options.Value.Defaults.TryGetValue(task, out var configured)) return _routes.ByTask.GetValueOrDefault(task) is [_];
        var (name, version) = ModelNames.Split(configured);
        return (version is null ? Active(name) : Get(name, version)) is { State: ModelState.Ready } named && named.ServedTask == task;
    }

    private static ModelLease<TModel> Allowed<TModel>(ModelLease<TModel> lease, string? reference, ClaimsPrincipal user)
        where TModel : LoadedModel
    {
        if (lease.Version.IsVisibleTo(user)) return lease;
        lease.Dispose();
        throw reference is null ? new ModelChoiceException("The token is not for the default model; name one.") : new ModelNotFoundException(reference);
    }

    private ModelVersion Named(string reference, ClaimsPrincipal user)
    {
        var (name, version) = ModelNames.Split(reference);
        if (version is null && Active(name) is { } active) return active;
        var named = _versions.FirstOrDefault(v => v.Name == name && (version is null || v.Version == version) && v.IsVisibleTo(user));
        if (named is null) throw Scanned ? new ModelNotFoundException(reference) : new ModelNotReadyException("The models are being loaded.");
        return version is not null && named.State == ModelState.Ready ? named : throw NotReady(named);
    }

    private ModelVersion Default(string task, ClaimsPrincipal user)
    {
        if (options.Value.Defaults.TryGetValue(task, out var configured)) return Named(configured, user);
        return _routes.ByTask.GetValueOrDefault(task) switch
        {
            [var only] => only,
            null when !Scanned || _versions.Any(v => v.State == ModelState.Loading) => throw new ModelNotReadyException("The models are being loaded."),
            null => throw new ModelChoiceException($"No model for {task} is ready."),
            var several => throw new ModelChoiceException($"Several models do {task}; name one of: {string.Join(", ", several.Select(v => v.Name).Order(StringComparer.Ordinal))}."),
        };
    }

    /// <summary>Decides anew which version a name means. Under the gate.</summary>
    private void RouteLocked(string name, ModelVersion? leaving = null)
    {
        var ready = _versions.Where(v => v.Name == name && v != leaving && v.State == ModelState.Ready).ToArray();
        var chosen = _chosen.GetValueOrDefault(name);
        var active = ready.FirstOrDefault(v => v.Version == chosen) ?? ready.FirstOrDefault();
        _routes = _routes.With(name, active);
    }

    private static ImmutableArray<ModelVersion> Sort(IEnumerable<ModelVersion> versions)
        => [.. versions.OrderBy(v => v.Name, StringComparer.Ordinal).ThenByDescending(v => v.Version, VersionOrder.Instance)];

    private static ModelNotReadyException NotReady(ModelVersion version) => new(version.State == ModelState.Loading
        ? $"The model '{version.Reference}' is being loaded."
        : $"The model '{version.Reference}' is not ready: {version.Reason ?? $"it is {version.State.ToString().ToLowerInvariant()}."}");

    /// <param name="ByName">The active version of each model that has one.</param>
    /// <param name="ByTask">The same by what they do; no task without a version.</param>
    private sealed record Routes(FrozenDictionary<string, ModelVersion> ByName, FrozenDictionary<string, ModelVersion[]> ByTask)
    {
        public static readonly Routes None = new(FrozenDictionary<string, ModelVersion>.Empty, FrozenDictionary<string, ModelVersion[]>.Empty);

        public Routes With(string name, ModelVersion? active)
        {
            var others = ByName.Where(v => v.Key != name);
            var byName = (active is null ? others : others.Append(new(name, active))).ToFrozenDictionary();
            return new(byName, byName.Values.GroupBy(v => v.ServedTask!).ToFrozenDictionary(g => g.Key, g => g.ToArray()));
        }
    }

    private sealed class VersionOrder : IComparer<string>
    {
        public static readonly VersionOrder Instance = new();

        public int Compare(string? x, string? y) => ModelNames.CompareVersions(x!, y!);
    }
}
