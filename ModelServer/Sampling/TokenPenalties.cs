using System.Runtime.InteropServices;

namespace ModelServer.Sampling;

/// <summary>Lowers the logits of tokens that a sequence has already: all of them by the repetition penalty, those of the output by the presence and frequency penalties as well.</summary>
internal sealed class TokenPenalties
{
    private readonly SamplingOptions _options;
    private readonly Dictionary<int, int> _outputCounts;

    public TokenPenalties(SamplingOptions options, IReadOnlyList<int> prompt)
    {
        _options = options;
        _outputCounts = [];
        if (options.RepetitionPenalty == 1) return;
        foreach (var id in prompt) _outputCounts[id] = 0;
    }

    public static bool IsNeeded(SamplingOptions options) => options is not { RepetitionPenalty: 1, PresencePenalty: 0, FrequencyPenalty: 0 };

    public void Add(int id) => CollectionsMarshal.GetValueRefOrAddDefault(_outputCounts, id, out _)++;

    public void Apply(Span<float> logits)
    {
        foreach (var (id, count) in _outputCounts)
        {
            ref var logit = ref logits[id];
            logit = logit < 0 ? logit * _options.RepetitionPenalty : logit / _options.RepetitionPenalty;
            if (count > 0) logit -= _options.PresencePenalty + (count * _options.FrequencyPenalty);
        }
    }
}
