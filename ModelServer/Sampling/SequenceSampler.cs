using System.Numerics.Tensors;

namespace ModelServer.Sampling;

/// <summary>Chooses the tokens of one sequence, one from each row of logits. The choice depends on this sequence's own options, tokens and logits alone.
/// Order as in Hugging Face transformers: penalties, bias, the constraint, forbidden end tokens; temperature, top-k, top-p, min-p.</summary>
/// <param name="prompt">For the repetition penalty.</param>
/// <param name="endTokens">Not chosen before <paramref name="minTokens"/> others, unless nothing else may come.</param>
/// <param name="constraint">Which tokens may come, whatever the options say; null for any. Told nothing of what is chosen.</param>
internal sealed class SequenceSampler(SamplingOptions options, IReadOnlyList<int> prompt, IReadOnlyList<int> endTokens, int minTokens, ITokenConstraint? constraint = null)
{
    private readonly TokenPenalties? _penalties = TokenPenalties.IsNeeded(options) ? new(options, prompt) : null;
    private readonly KeyValuePair<int, float>[] _bias = [.. options.LogitBias];
    private readonly int[] _endTokens = [.. endTokens];
    private readonly ulong _seed = options.Seed ?? (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue);
    private int _generated;

    /// <param name="logits">One row, <c>[vocabulary]</c>; not changed.</param>
    /// <param name="buffers">For the time of the call.</param>
    /// <exception cref="InvalidOperationException">The logits are not finite.</exception>
    public SampledToken Next(ReadOnlySpan<float> logits, SamplingBuffers buffers)
    {
        var adjusted = Adjust(logits, buffers);
        var best = TensorPrimitives.IndexOfMax(adjusted);
        // IndexOfMax gives the first that is not a number, if there is one.
        if (!float.IsFinite(adjusted[best])) throw new InvalidOperationException("The model's logits are not finite.");

        var id = options.Temperature == 0 ? best : Draw(adjusted, adjusted[best], buffers.Weights(logits.Length));
        _penalties?.Add(id);
        _generated++;
        return options.TopLogprobs is { } top ? Logprobs.Of(adjusted, id, top, buffers.Weights(logits.Length)) : new SampledToken(id, 0, []);
    }

    private ReadOnlySpan<float> Adjust(ReadOnlySpan<float> logits, SamplingBuffers buffers)
    {
        var allowed = constraint is null ? [] : constraint.Allowed;
        var forbidEnd = _generated < minTokens && _endTokens.Length > 0 && (allowed.IsEmpty || TokenMask.AllowsOthers(allowed, _endTokens));
        if (_penalties is null && _bias.Length == 0 && !forbidEnd && allowed.IsEmpty) return logits;
        var adjusted = buffers.Logits(logits.Length);
        logits.CopyTo(adjusted);
        _penalties?.Apply(adjusted);
        foreach (var (id, bias) in _bias) adjusted[id] += bias;
        if (!allowed.IsEmpty) TokenMask.Apply(allowed, adjusted);
        if (!forbidEnd) return adjusted;
        foreach (var id in _endTokens) adjusted[id] = float.NegativeInfinity;
        return adjusted;
    }

    private int Draw(ReadOnlySpan<float> logits, float highest, Span<float> weights)
    {
        // Shifted by the highest logit, so that the exponential cannot overflow and the best token weighs 1.
        TensorPrimitives.Subtract(logits, highest, weights);
        TensorPrimitives.Divide(weights, options.Temperature, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        if (options.TopK > 0 && options.TopK < weights.Length) CutOff.TopK(weights, options.TopK);
        if (options.TopP < 1) CutOff.TopP(weights, options.TopP);
        if (options.MinP > 0) CutOff.Below(weights, options.MinP);
        return WeightedChoice.Pick(weights, CounterRandom.Unit(_seed, (ulong)_generated));
    }
}
