using Microsoft.ML.OnnxRuntime;

namespace ModelServer.Batching;

/// <summary>Sequences that share one run.</summary>
/// <param name="sequences">At least one.</param>
/// <param name="closed">Why it holds no more.</param>
internal sealed class Batch(IReadOnlyList<Sequence> sequences, BatchClosed closed) : IDisposable
{
    private int _waiting = sequences.Count;

    public IReadOnlyList<Sequence> Sequences => sequences;

    public BatchClosed Closed => closed;

    /// <summary>Options of the run; terminated once nobody waits for it.</summary>
    public RunOptions RunOptions { get; } = new();

    /// <summary>One caller less waits.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) > 0) return;
        try
        {
            RunOptions.Terminate = true;
        }
        catch (ObjectDisposedException)
        {
            // The run has just ended by itself.
        }
    }

    public void Dispose() => RunOptions.Dispose();
}

/// <summary>Why a batch was closed.</summary>
internal enum BatchClosed
{
    /// <summary>Nothing else was waiting.</summary>
    Drained,

    /// <summary>No other waiting sequence fitted the budget.</summary>
    Full,
}
