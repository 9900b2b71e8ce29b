using ModelServer.Telemetry;

namespace ModelServer.Decoders;

/// <summary>Counts the tokens of a loop's steps and tells the instruments once a step, or at a sequence's end: to tell them of each token would be a part of what a small
/// model takes for it. For the loop's thread.</summary>
internal sealed class StepTally(string model, DecoderMetrics metrics, TimeProvider time)
{
    private int _generated;
    private int _wasted;

    /// <summary>A sequence has got one more token.</summary>
    public void Count(DecoderSequence sequence)
    {
        // A token whose caller has left is wasted.
        if (sequence.IsCancelled) _wasted++;
        else _generated++;
        var (isFirst, isLast) = (sequence.GeneratedTokens == 1, sequence.FinishedAt != 0);
        if (!isFirst && !isLast) return;
        using var span = RequestTrace.For(sequence.Span);
        var operation = sequence.Request.Operation;
        if (isFirst) metrics.FirstToken(model, operation, time.GetElapsedTime(sequence.QueuedAt, sequence.FirstTokenAt));
        if (!isLast) return;
        Tell();
        metrics.Finished(model, operation, sequence.GeneratedTokens, time.GetElapsedTime(sequence.FirstTokenAt, sequence.FinishedAt));
    }

    /// <summary>Tells what was counted since the last time.</summary>
    public void Tell()
    {
        if (_generated > 0) metrics.Generated(model, _generated, isWasted: false);
        if (_wasted > 0) metrics.Generated(model, _wasted, isWasted: true);
        (_generated, _wasted) = (0, 0);
    }
}
