using ModelServer.Models;
using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary>What one version got and answered: the first observations, the last ones, and what feedback says. It outlives the model, so that a version that was
/// switched off can still be compared with its successor.</summary>
internal sealed class VersionWatch(ModelVersion version, LoadedModel model, string[] features, DriftSettings settings)
{
    /// <summary>The most numbers that an observation has.</summary>
    public const int MostFeatures = 3;

    // Guards everything below; held for copying at most, never over a comparison.
    private readonly Lock _gate = new();
    private readonly ObservationRing _early = new(settings.BaselineSize, features);
    private readonly ObservationRing _recent = new(settings.Window + settings.LookEvery, features);
    private DriftBaseline? _stored;
    private long _seen;

    public string Model { get; } = version.Name;

    public string Version { get; } = version.Version;

    public string Reference { get; } = version.Reference;

    /// <summary>Tells a folder whose files were replaced from what was watched before.</summary>
    public string Fingerprint { get; } = model.Source.Fingerprint;

    public string Task { get; } = model.Task;

    public string[] Labels { get; } = model.Labels;

    public string[] Features => features;

    /// <summary>The token of what is in no other; null where there is none.</summary>
    public int? UnknownId { get; } = model.Tokenizer.UnknownId;

    public VersionQuality Quality { get; } = new(model.Labels);

    /// <summary>When it was last added to, in ticks of UTC.</summary>
    public long LastAt { get; private set; }

    /// <summary>The last comparison that <see cref="DriftCheck"/> made; null before the first.</summary>
    public DriftLook? Look { get; set; }

    public DriftBaseline? Stored
    {
        get { lock (_gate) return _stored; }
    }

    public bool IsLookDue
    {
        get { lock (_gate) return UsableLocked / settings.LookEvery > (Look?.Number ?? 0); }
    }

    private long UsableLocked => _stored is null ? Math.Max(0, _seen - settings.BaselineSize) : _seen;

    /// <param name="values">A number for each of the features.</param>
    /// <param name="label">The index of the predicted label, or -1.</param>
    public void Add(long at, ReadOnlySpan<float> values, int label)
    {
        lock (_gate)
        {
            _seen++;
            LastAt = at;
            if (_stored is null && !_early.IsFull) _early.Add(at, values, label);
            _recent.Add(at, values, label);
        }
    }

    public VersionDrift Tell()
    {
        var quality = Quality.Counts();
        lock (_gate)
        {
            var early = _stored is null ? _early.Newest(int.MaxValue) : DriftRows.Empty;
            return new(Version, Task, Labels, _seen, early, _recent.Newest((int)Math.Min(_seen, int.MaxValue)), _stored, quality);
        }
    }

    /// <summary>The first observations as a baseline to be shared; null where they are not complete, or one is stored.</summary>
    public DriftBaseline? Complete(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_stored is not null || !_early.IsFull) return null;
            var rows = _early.Newest(int.MaxValue);
            return DriftSample.Of(rows, 0, rows.Count, Labels.Length).ToBaseline(Model, Version, Labels, now);
        }
    }

    /// <summary>Compares with another baseline from now on.</summary>
    /// <param name="isOwn">Whether it is this one's first observations, which then belong to no window.</param>
    public void Store(DriftBaseline baseline, bool isOwn)
    {
        lock (_gate)
        {
            if (isOwn) _seen -= settings.BaselineSize;
            _stored = baseline;
            _early.Clear();
            Look = null;
        }
    }

    /// <summary>Begins anew: what comes next is the baseline.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            (_stored, _seen, Look) = (null, 0, null);
            _early.Clear();
            _recent.Clear();
        }

        Quality.Reset();
    }
}
