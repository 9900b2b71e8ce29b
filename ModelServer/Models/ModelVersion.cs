using System.Security.Claims;
using ModelServer.Runtime;

namespace ModelServer.Models;

/// <summary>The states of a version.</summary>
public enum ModelState
{
    Loading,
    Ready,
    Deprecated,
    Unloaded,
    Error,
}

/// <summary>One load of a version as the catalog lists it: from loading to error with its reason, or through ready and deprecated to unloaded. Loading it again makes a new one.</summary>
internal sealed class ModelVersion(string name, string version, DateTimeOffset foundAt)
{
    /// <summary>Why a version is not loaded that nobody has asked for.</summary>
    public const string Offered = "It is offered: load or activate it.";

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Outcome _outcome = new(ModelState.Loading, null, null);
    private TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases;
    private bool _freeing;
    private long _order;

    public string Name => name;

    public string Version => version;

    /// <summary><c>name:version</c>.</summary>
    public string Reference { get; } = $"{name}:{version}";

    public DateTimeOffset FoundAt => foundAt;

    /// <summary>Whether a token is for it. Others are as if they did not exist: no listing shows them, and asking for one answers 404.</summary>
    public bool IsVisibleTo(ClaimsPrincipal user) => user.MayUse(Reference);

    public ModelState State => _outcome.State;

    /// <summary>Why the version does not serve, or null.</summary>
    public string? Reason => _outcome.Reason;

    /// <summary>What serves requests; null before the version is ready and once it is unloaded.</summary>
    public LoadedModel? Loaded => _outcome.Loaded;

    /// <summary>The task it does; known from when it is first ready, also after it was unloaded.</summary>
    public string? ServedTask { get; private set; }

    /// <inheritdoc cref="LoadedModel.IsForChat"/>
    public bool IsForChat { get; private set; }

    /// <summary>Requests that use it now.</summary>
    public int Leases
    {
        get { lock (_gate) return _leases; }
    }

    /// <summary>What it has answered lately.</summary>
    public VersionCounter Counter { get; } = new();

    /// <summary>The number of the wish that its state answers; 0 where nobody had asked for it.</summary>
    public long Order
    {
        get => Volatile.Read(ref _order);
        set => Volatile.Write(ref _order, value);
    }

    /// <summary>Completes when loading has ended, well or not.</summary>
    public Task Settled => _settled.Task;

    public void BecomeReady(LoadedModel loaded)
    {
        ServedTask = loaded.Task;
        IsForChat = loaded.IsForChat;
        _outcome = new(ModelState.Ready, null, loaded);
        _settled.TrySetResult();
    }

    /// <summary>Leaves a version unloaded that was not loaded yet.</summary>
    /// <param name="reason">Why, if there is more to say than that nobody wants it.</param>
    public void Withhold(string? reason)
    {
        _outcome = new(ModelState.Unloaded, reason, null);
        _settled.TrySetResult();
    }

    public void Fail(string reason)
    {
        _outcome = new(ModelState.Error, reason, null);
        _settled.TrySetResult();
    }

    /// <summary>Takes a version that failed while it served out of service; its model is freed when the last lease is given back.</summary>
    public void Break(string reason)
    {
        lock (_gate)
        {
            if (_freeing || _outcome.Loaded is not { } loaded) return;
            _outcome = new(ModelState.Error, reason, loaded);
            FreeIfUnusedLocked();
        }
    }

    /// <summary>Holds a ready version for one request; null when it is not ready.</summary>
    public ModelLease<TModel>? TryAcquire<TModel>()
        where TModel : LoadedModel
    {
        lock (_gate)
        {
            if (_outcome is not { State: ModelState.Ready, Loaded: { } loaded }) return null;
            _leases++;
            return new ModelLease<TModel>(this, (TModel)loaded);
        }
    }

    /// <summary>Takes no new requests; the model is freed when the last lease is given back.</summary>
    /// <returns>Ends when the version is unloaded or was revived.</returns>
    public Task Drain()
    {
        lock (_gate)
        {
            if (_outcome is { State: ModelState.Ready, Loaded: { } loaded })
            {
                _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _outcome = new(ModelState.Deprecated, null, loaded);
                FreeIfUnusedLocked();
            }

            return _drained.Task;
        }
    }

    /// <summary>Makes a draining version ready again; false when its model is already being freed.</summary>
    public bool TryRevive()
    {
        lock (_gate)
        {
            if (_freeing || _outcome is not { State: ModelState.Deprecated, Loaded: { } loaded }) return false;
            _outcome = new(ModelState.Ready, null, loaded);
            _drained.TrySetResult();
            return true;
        }
    }

    internal void Release()
    {
        lock (_gate)
        {
            _leases--;
            FreeIfUnusedLocked();
        }
    }

    /// <summary>Under the gate.</summary>
    private void FreeIfUnusedLocked()
    {
        if (_leases > 0 || _freeing || _outcome is not { State: ModelState.Deprecated or ModelState.Error, Loaded: { } loaded }) return;
        _freeing = true;
        // Freeing joins the inference threads: never under the gate, nor on the request that gave the last lease back.
        _ = Task.Run(() => Free(loaded));
    }

    private void Free(LoadedModel loaded)
    {
        try
        {
            loaded.Dispose();
            NativeHeap.Trim();
        }
        finally
        {
            _outcome = _outcome.State == ModelState.Error ? _outcome with { Loaded = null } : new(ModelState.Unloaded, null, null);
            _drained.TrySetResult();
        }
    }

    private sealed record Outcome(ModelState State, string? Reason, LoadedModel? Loaded);
}
