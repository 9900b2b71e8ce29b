using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ModelServer.Generation;
using ModelServer.Inference;
using ModelServer.Models;
using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary>The versions that are watched. Requests find theirs by the model, without a lock.</summary>
internal sealed class DriftWatches(IOptions<DriftOptions> options)
{
    // Guards changes of the list, which is replaced as a whole.
    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<LoadedModel, VersionWatch> _byModel = [];
    private volatile VersionWatch[] _all = [];

    public DriftSettings Settings { get; } = options.Value.ToSettings();

    public IReadOnlyList<VersionWatch> All => _all;

    /// <returns>Null for a model that answers nothing that could be watched.</returns>
    public VersionWatch? Of(ModelVersion version, LoadedModel model)
        => _byModel.TryGetValue(model, out var watch) ? watch : FeaturesOf(model) is { } features ? Begin(version, model, features) : null;

    /// <summary>Those of one model, also of versions that are unloaded or have not answered yet.</summary>
    public VersionWatch[] Of(ModelCatalog catalog, string name)
    {
        foreach (var version in catalog.Versions)
            if (version.Name == name && version.Loaded is { } model) Of(version, model);
        return Array.FindAll(_all, w => w.Model == name);
    }

    private VersionWatch Begin(ModelVersion version, LoadedModel model, string[] features)
    {
        lock (_gate)
        {
            if (_byModel.TryGetValue(model, out var watch)) return watch;
            var known = Array.Find(_all, w => w.Reference == version.Reference);
            // The same files loaded again go on where they were.
            if (known?.Fingerprint == model.Source.Fingerprint && known.Labels.AsSpan().SequenceEqual(model.Labels) && known.Features.AsSpan().SequenceEqual(features)) watch = known;
            else
            {
                watch = new(version, model, features, Settings);
                IEnumerable<VersionWatch> others = _all.Where(w => w != known);
                if (_all.Length >= options.Value.MaxVersions) others = others.OrderByDescending(w => w.LastAt).Take(options.Value.MaxVersions - 1);
                _all = [.. others, watch];
            }

            _byModel.Add(model, watch);
            return watch;
        }
    }

    private static string[]? FeaturesOf(LoadedModel model)
    {
        string[] ofText = model.Tokenizer.UnknownId is null ? [DriftFeatures.Length] : [DriftFeatures.Length, DriftFeatures.UnknownShare];
        return model switch
        {
            EncoderModel { ScoreName: { } score } => [.. ofText, score],
            EncoderModel => ofText,
            DecoderModel => [.. ofText, DriftFeatures.OutputLength],
            _ => null,
        };
    }
}
