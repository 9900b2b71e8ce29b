using ModelServer.Batching;
using ModelServer.Runtime;
using ModelServer.Telemetry;

namespace ModelServer.Encoders;

/// <summary>Queues the sequences that wait for one model.</summary>
/// <inheritdoc/>
/// <param name="runs">Those of all queues; of this one alone if null.</param>
internal sealed class SequenceQueue(InferenceOptions options, EncoderLimits limits, TimeProvider time, RunCount? runs = null)
    : BatchQueue<EncoderSequence, Batch>(options, limits, time)
{
    private readonly RunCount _runs = runs ?? new();

    public override void Add(IReadOnlyList<EncoderSequence> items)
    {
        var request = RequestTrace.Recorded;
        foreach (var sequence in items) sequence.Request = request;
        base.Add(items);
    }

    /// <summary>Abandons sequences: those that wait leave the queue at once, those that run are run for nobody.</summary>
    public void Abandon(IReadOnlyList<EncoderSequence> sequences)
    {
        Remove(sequences);
        foreach (var sequence in sequences) sequence.Abandon();
    }

    protected override Batch Start(EncoderSequence[] chosen, bool isFull, long now)
    {
        var batch = new Batch(chosen, isFull ? BatchClosed.Full : BatchClosed.Drained);
        foreach (var sequence in chosen) sequence.Start(batch, now);
        batch.BeginRun(_runs);
        return batch;
    }
}
