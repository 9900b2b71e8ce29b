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
    private const string BeingLoaded = "The models are being loaded.";
    private readonly Lock _gate = new();
    private ImmutableArray<ModelVersion> _versions = [];
    private ImmutableArray<ModelVersion> _foundAtStart;
    /// <summary>What bare names mean; replaced as a whole under the gate, read without it.</summary>
    private volatile Routes _routes = Routes.None;
    /// <summary>By model name.</summary>
    private ImmutableDictionary<string, Rollout> _documents = ImmutableDictionary.Create<string, Rollout>(StringComparer.Ordinal);

    /// <summary>Every version found, by name, highest version first.</summary>
    public ImmutableArray<ModelVersion> Versions => _versions;

    /// <summary>Whether the server takes requests, by <see cref="ModelsOptions.ReadyWhen"/>. Later loads do not make it false.</summary>
    public bool IsReady => AnyReady && (options.Value.ReadyWhen == ReadyWhen.Any || (Scanned && !_foundAtStart.Any(v => v.State == ModelState.Loading)));

    public bool AnyReady => _routes.AnyReady;

    /// <summary>Whether the versions found at start are listed.</summary>
    public bool Scanned => !_foundAtStart.IsDefault;

    /// <summary>Lists the versions found at start.</summary>
    public void Publish(IEnumerable<ModelVersion> found)
    {
        lock (_gate)
        {
            _versions = Sort(found);
            _foundAtStart = _versions;
            foreach (var name in _versions.Select(v => v.Name).Union(_documents.Keys)) RouteLocked(name);
        }
    }

    /// <summary>Lists a version that was found after the start: unloaded until somebody asks for it. Does nothing where it is listed already, unless it failed.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Offer(ModelVersion version)
    {
        lock (_gate)
        {
            if (Get(version.Name, version.Version) is not (null or { State: ModelState.Error, Loaded: null })) return false;
            version.Withhold(ModelVersion.Offered);
            PutLocked(version);
            return true;
        }
    }

    /// <summary>Lists a new load of a version, in place of an earlier one that serves no more.</summary>
    public void Put(ModelVersion version)
    {
        lock (_gate) PutLocked(version);
    }

    /// <summary>Lists a version no more whose folder has gone and that nothing is loaded of.</summary>
    public void Remove(ModelVersion version)
    {
        lock (_gate)
        {
            _versions = _versions.Remove(version);
            RouteLocked(version.Name);
        }
    }

    public ModelVersion? Get(string name, string version) => _versions.FirstOrDefault(v => v.Name == name && v.Version == version);

    /// <summary>The version that a listing tells as the one that answers for a name: what the model's document says, or else the highest that is ready. Null while
    /// it is not ready here, or that of its canary is not: gateways then ask others.</summary>
    public ModelVersion? Active(string name) => _routes.ByName.GetValueOrDefault(name)?.Listed;

    /// <summary>The document that decides what a name means; null where the highest ready version answers.</summary>
    public Rollout? Document(string name) => Volatile.Read(ref _documents).GetValueOrDefault(name);

    /// <summary>The documents that are obeyed.</summary>
    public IEnumerable<Rollout> Documents => Volatile.Read(ref _documents).Values;

    /// <summary>Lets a name mean what a document says, in one step; nothing where that or a later one is obeyed already.</summary>
    public void Obey(Rollout document)
    {
        lock (_gate)
        {
            if (!document.Replaces(Document(document.Model))) return;
            Volatile.Write(ref _documents, _documents.SetItem(document.Model, document));
            RouteLocked(document.Model);
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
    /// <param name="isChat">Whether the request is a conversation, where no model is named. See <see cref="LoadedModel.IsForChat"/>.</param>
    /// <exception cref="ModelNotFoundException">No such model or version.</exception>
    /// <exception cref="ModelNotReadyException">It is loading, unloaded or failed to load.</exception>
    /// <exception cref="ModelChoiceException">None is named and none is the obvious one, or its task is another.</exception>
    public ModelVersion Find(string? reference, string task, ClaimsPrincipal user, bool isChat = false)
    {
        var version = reference is null ? Default(task, user, isChat) : Named(reference, user);
        return version.ServedTask == task ? version : throw new ModelChoiceException($"The model '{version.Name}' does {version.ServedTask}, not {task}.");
    }

    /// <summary>Finds as <see cref="Find"/> does, and holds the version so that it is not unloaded while it answers.</summary>
    /// <param name="user">Whose token must be for it.</param>
    /// <inheritdoc cref="Find"/>
    public ModelLease<TModel> Acquire<TModel>(string? reference, string task, ClaimsPrincipal user, bool isChat = false)
        where TModel : LoadedModel
    {
        // A version can begin to drain between the two steps; the next look then finds its successor or says why there is none.
        while (true)
        {
            if (Find(reference, task, user, isChat).TryAcquire<TModel>() is { } lease) return Allowed(lease, reference, user);
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
        if (!options.Value.Defaults.TryGetValue(task, out var configured)) return _routes.For(task, isChat: false) is [{ Listed: not null }];
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
        var route = version is null ? _routes.ByName.GetValueOrDefault(name) : null;
        if (route?.For(user) is { } answering) return answering;

        var wanted = version ?? route?.Chosen(user);
        var named = _versions.FirstOrDefault(v => v.Name == name && (wanted is null || v.Version == wanted) && v.IsVisibleTo(user));
        if (version is not null && named is { State: ModelState.Ready }) return named;
        if (route?.Document is not null) throw Unanswered(route, reference, wanted, named, user);
        if (named is not null) throw NotReady(named);
        throw Scanned ? new ModelNotFoundException(reference) : new ModelNotReadyException(BeingLoaded);
    }

    /// <summary>Why a bare name is not answered here although a document tells of it.</summary>
    private Exception Unanswered(Route route, string reference, string? wanted, ModelVersion? named, ClaimsPrincipal user)
    {
        if (wanted is null && _versions.Any(v => v.Name == route.Name && v.IsVisibleTo(user))) return new ModelNotReadyException($"No version of the model '{route.Name}' is active.");
        if (named is not null) return NotReady(named);
        return wanted is not null && user.MayUse($"{route.Name}:{wanted}")
            ? new ModelNotReadyException($"The model '{route.Name}:{wanted}' is not loaded.")
            : new ModelNotFoundException(reference);
    }

    private ModelVersion Default(string task, ClaimsPrincipal user, bool isChat)
    {
        var defaults = options.Value.Defaults;
        if ((isChat && defaults.TryGetValue("chat", out var configured)) || defaults.TryGetValue(task, out configured)) return Named(configured, user);
        return _routes.For(task, isChat) switch
        {
            [var only] => only.For(user) ?? Named(only.Name, user),
            null when IsTaskUnsettled() => throw new ModelNotReadyException(BeingLoaded),
            null => throw new ModelChoiceException($"No model for {task} is ready."),
            var several => throw new ModelChoiceException($"Several models do {task}; name one of: {string.Join(", ", several.Select(v => v.Name).Order(StringComparer.Ordinal))}."),
        };
    }

    /// <summary>Whether a model may yet turn out to do a task that none does now.</summary>
    private bool IsTaskUnsettled()
        => !Scanned || _versions.Any(v => v.State == ModelState.Loading) || _routes.ByName.Values.Any(r => r is { Task: null, Document.Active: not null });

    /// <summary>Under the gate.</summary>
    private void PutLocked(ModelVersion version)
    {
        _versions = Sort(_versions.Where(v => v.Reference != version.Reference).Append(version));
        RouteLocked(version.Name);
    }

    /// <summary>Decides anew what a name means. Under the gate.</summary>
    private void RouteLocked(string name, ModelVersion? leaving = null)
    {
        var (versions, document) = (_versions.Where(v => v.Name == name).ToArray(), _documents.GetValueOrDefault(name));
        _routes = _routes.With(name, Route.Of(name, versions, document, leaving));
        foreach (var version in versions) version.Counter.Follow(document?.Trial is { } trial && trial.Version == version.Version ? trial.Id : 0);
    }

    private static ImmutableArray<ModelVersion> Sort(IEnumerable<ModelVersion> versions)
        => [.. versions.OrderBy(v => v.Name, StringComparer.Ordinal).ThenByDescending(v => v.Version, VersionOrder.Instance)];

    private static ModelNotReadyException NotReady(ModelVersion version) => new(version.State == ModelState.Loading
        ? $"The model '{version.Reference}' is being loaded."
        : $"The model '{version.Reference}' is not ready: {version.Reason ?? $"it is {version.State.ToString().ToLowerInvariant()}."}");

    private sealed class VersionOrder : IComparer<string>
    {
        public static readonly VersionOrder Instance = new();

        public int Compare(string? x, string? y) => ModelNames.CompareVersions(x!, y!);
    }
}
