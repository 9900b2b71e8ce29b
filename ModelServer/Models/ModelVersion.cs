using ModelServer.Batching;
using ModelServer.Inference;
using ModelServer.Tokenization;

namespace ModelServer.Models;

/// <summary>Where a version is in its life.</summary>
public enum ModelState
{
    Loading,
    Ready,
    Deprecated,
    Unloaded,
    Error,
}

/// <summary>One version of a model as the catalog lists it. State changes once from loading: to ready with its parts, or to error with its reason.</summary>
internal sealed class ModelVersion(string name, string version, DateTimeOffset foundAt)
{
    private readonly Lock _gate = new();
    private volatile Outcome _outcome = new(ModelState.Loading, null, null);
    private int _leases;

    public string Name => name;

    public string Version => version;

    public string Reference => $"{name}:{version}";

    public DateTimeOffset FoundAt => foundAt;

    public ModelState State => _outcome.State;

    /// <summary>Why the version does not serve, or null.</summary>
    public string? Reason => _outcome.Reason;

    /// <summary>What serves requests; null unless ready.</summary>
    public LoadedModel? Loaded => _outcome.Loaded;

    public void BecomeReady(LoadedModel loaded) => _outcome = new(ModelState.Ready, null, loaded);

    public void Fail(string reason) => _outcome = new(ModelState.Error, reason, null);

    /// <summary>Holds a ready version for one request; null when it is not ready.</summary>
    public ModelLease? TryAcquire()
    {
        lock (_gate)
        {
            if (_outcome is not { State: ModelState.Ready, Loaded: { } loaded }) return null;
            _leases++;
            return new ModelLease(this, loaded);
        }
    }

    internal void Release()
    {
        lock (_gate) _leases--;
    }

    private sealed record Outcome(ModelState State, string? Reason, LoadedModel? Loaded);
}

/// <summary>A ready version in use by one request; given back when disposed.</summary>
internal sealed class ModelLease(ModelVersion version, LoadedModel loaded) : IDisposable
{
    private int _released;

    public ModelVersion Version => version;

    public LoadedModel Loaded => loaded;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) version.Release();
    }
}

/// <summary>The parts of a ready encoder, in the order a request meets them.</summary>
internal sealed record LoadedModel(
    string Task,
    string Variant,
    string[] Labels,
    bool MultiLabel,
    int MaxTokens,
    HuggingFaceTokenizer Tokenizer,
    Admission Admission,
    SequenceQueue Queue,
    BatchLoop Loop) : IDisposable
{
    /// <summary>See <see cref="ModelFingerprint"/>.</summary>
    public string Fingerprint { get; init; } = "";

    public void Dispose() => Loop.Dispose();
}
