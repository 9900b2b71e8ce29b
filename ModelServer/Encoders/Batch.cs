using ModelServer.Runtime;

namespace ModelServer.Encoders;

/// <summary>Sequences that share one run.</summary>
/// <param name="sequences">At least one.</param>
/// <param name="closed">Why it holds no more.</param>
internal sealed class Batch(IReadOnlyList<EncoderSequence> sequences, BatchClosed closed) : IDisposable
{
    private int _waiting = sequences.Count;

    public IReadOnlyList<EncoderSequence> Sequences => sequences;

    public BatchClosed Closed => closed;

    /// <summary>Padding left out.</summary>
    public int Tokens { get; } = sequences.Sum(s => s.Ids.Length);

    /// <summary>The run; terminated once nobody waits for it. Ends with the batch.</summary>
    public RunLease Run { get; } = new();

    /// <summary>One caller less waits. Called once for each sequence at most, at any time, also after the end.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) == 0) Run.Terminate();
    }

    public void Dispose() => Run.Dispose();
}

/// <summary>Why a batch was closed.</summary>
internal enum BatchClosed
{
    /// <summary>Nothing else was waiting.</summary>
    Drained,

    /// <summary>No other waiting sequence fitted the budget.</summary>
    Full,
}
