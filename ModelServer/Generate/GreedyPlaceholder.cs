using System.Numerics.Tensors;
using ModelServer.Sampling;

namespace ModelServer.Generate;

/// <summary>Takes the most likely token; stands in for the sampler.</summary>
internal sealed class GreedyPlaceholder(GenerationRequest request)
{
    private int _generated;

    public SampledToken Next(Span<float> logits)
    {
        if (_generated++ < request.MinTokens)
            foreach (var id in request.EndTokens) logits[id] = float.NegativeInfinity;
        return new SampledToken(TensorPrimitives.IndexOfMax<float>(logits), 0, []);
    }
}
