using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ModelServer.Generation;
using ModelServer.Inference;
using ModelServer.Models;

namespace ModelServer.Shadows;

/// <summary>Watches the answers to bare names, and has versions in shadow answer the same. Outside of such trials it costs a request one look at an empty table.</summary>
internal sealed class ShadowTrials(
    RolloutBoard board,
    ModelCatalog catalog,
    IServiceProvider services,
    IOptions<ShadowOptions> options,
    ShadowMetrics metrics,
    TimeProvider time,
    ILogger<ShadowTrials> logger) : IEncoderObserver, ITextObserver, IHostedService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rollout> _heard = new(StringComparer.Ordinal);
    /// <summary>By model name; replaced as a whole under the gate, read without it.</summary>
    private volatile ImmutableDictionary<string, ShadowTrial> _trials = ImmutableDictionary.Create<string, ShadowTrial>(StringComparer.Ordinal);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        board.Changed += Hear;
        foreach (var document in board.All.Values) Hear(document);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        board.Changed -= Hear;
        ShadowTrial[] trials;
        lock (_gate)
        {
            trials = [.. _trials.Values];
            _trials = _trials.Clear();
        }

        foreach (var trial in trials) trial.Dispose();
        await Task.WhenAll(trials.Select(t => t.Ended)).WaitAsync(cancellationToken);
    }

    public void Answered(in EncoderAnswer answer)
    {
        if (_trials.IsEmpty || answer.Request is not { NamesVersion: false } request || Of(answer.Version) is not { } trial) return;
        trial.Add(new EncoderShadow(request, answer.Model, answer.Rows, options.Value, time));
    }

    public bool WantsText(ModelVersion version, TextGenerationRequest request)
        => !_trials.IsEmpty && !request.NamesVersion && request.IsRepeatable && Of(version) is not null;

    public void Answered(in GeneratedAnswer answer)
    {
        if (answer.Texts is not { } texts || !WantsText(answer.Version, answer.Request)) return;
        // The generator has its observers, this among them, from when it is made.
        Of(answer.Version)?.Add(new TextShadow(answer.Request, texts, services.GetRequiredService<TextGenerator>(), time));
    }

    private ShadowTrial? Of(ModelVersion answering)
        => _trials.GetValueOrDefault(answering.Name) is { IsReady: true } trial && trial.Document.Trial!.Version != answering.Version ? trial : null;

    /// <summary>On the thread that heard of it, which holds the board's lock.</summary>
    private void Hear(Rollout document)
    {
        lock (_gate)
        {
            if (!document.Replaces(_heard.GetValueOrDefault(document.Model))) return;
            _heard[document.Model] = document;
            var known = _trials.GetValueOrDefault(document.Model);
            var trial = document.Trial is { Stage: TrialStage.Shadow } shadow ? shadow : null;
            if (known is not null && known.Document.Trial!.Id == trial?.Id) return;
            known?.Dispose();
            _trials = trial is null
                ? _trials.Remove(document.Model)
                : _trials.SetItem(document.Model, new(document, catalog, options.Value, metrics, time, logger));
        }
    }
}
