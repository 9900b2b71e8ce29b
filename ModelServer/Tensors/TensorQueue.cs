using ModelServer.Batching;
using ModelServer.Runtime;

namespace ModelServer.Tensors;

/// <summary>Queues the slices that wait for one graph; those of one form share runs.</summary>
/// <inheritdoc/>
internal sealed class TensorQueue(InferenceOptions options, EncoderLimits limits, TimeProvider time) : BatchQueue<TensorSlice, TensorBatch>(options, limits, time)
{
    /// <summary>Abandons a request: what waits of it leaves the queue at once, what runs is run for nobody.</summary>
    public void Abandon(TensorRequest request)
    {
        Remove(request.Slices);
        request.Abandon();
    }

    protected override bool AreAlike(TensorSlice first, TensorSlice other) => other.Request.Form.Equals(first.Request.Form);

    protected override TensorBatch Start(TensorSlice[] chosen, bool isFull, long now)
    {
        var batch = new TensorBatch(chosen, isFull);
        foreach (var slice in chosen) slice.Start(batch, now);
        return batch;
    }
}
