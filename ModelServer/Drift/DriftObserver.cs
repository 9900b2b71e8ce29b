using Microsoft.Extensions.Options;
using ModelServer.Generation;
using ModelServer.Inference;
using ModelServer.Models;

namespace ModelServer.Drift;

/// <summary>Copies a few numbers of each answer, those from the cache included.</summary>
internal sealed class DriftObserver(DriftWatches watches, IOptions<DriftOptions> options, TimeProvider time) : IEncoderObserver, ITextObserver
{
    private readonly bool _isEnabled = options.Value.Enabled;

    public void Answered(in EncoderAnswer answer)
    {
        if (!_isEnabled || watches.Of(answer.Version, answer.Model) is not { } watch) return;
        var now = time.GetUtcNow().UtcTicks;
        for (var i = 0; i < answer.Sequences.Length; i++)
        {
            var features = answer.Model.Features(answer.Rows[i].Span);
            Add(watch, now, answer.Sequences[i].Ids, features.Score, features.Label);
        }
    }

    public bool WantsText(ModelVersion version, TextGenerationRequest request) => false;

    public void Answered(in GeneratedAnswer answer)
    {
        if (!_isEnabled || watches.Of(answer.Version, answer.Model) is not { } watch) return;
        var now = time.GetUtcNow().UtcTicks;
        foreach (var choice in answer.Choices) Add(watch, now, choice.Sequence.Request.Prompt, choice.Tokens, label: -1);
    }

    private static void Add(VersionWatch watch, long at, int[] ids, float score, int label)
    {
        Span<float> values = stackalloc float[VersionWatch.MostFeatures];
        var count = 0;
        values[count++] = ids.Length;
        if (watch.UnknownId is { } unknown) values[count++] = (float)ids.AsSpan().Count(unknown) / ids.Length;
        // What overflowed is large: no test could rank what is no number, and JSON cannot write it.
        if (count < watch.Features.Length) values[count++] = float.IsFinite(score) ? score : float.MaxValue;
        watch.Add(at, values[..count], label);
    }
}
