using System.Numerics.Tensors;
using ModelServer.Sampling;

namespace ModelServer.Generate;

/// <summary>Takes the most likely token; stands in for the sampler.</summary>
internal sealed class GreedyPlaceholder(GenerationRequest request)
{
    private int _generated;

    public SampledToken Next(ReadOnlySpan<float> logits)
    {
        var adjusted = logits.ToArray();
        if (_generated++ < request.MinTokens)
            foreach (var id in request.EndTokens) adjusted[id] = float.NegativeInfinity;
        return new SampledToken(TensorPrimitives.IndexOfMax<float>(adjusted), 0, []);
    }
}
