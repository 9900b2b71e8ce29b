using ModelServer.Admission;
using ModelServer.Tensors;

namespace ModelServer.Encoders;

/// <summary>A loaded encoder at work: its admission, its queue and the threads that empty the queue.</summary>
/// <param name="loop">Owned from here on; null where the queue is emptied by hand.</param>
internal sealed class EncoderEngine(AdmissionGate admission, SequenceQueue queue, BatchLoop? loop) : IDisposable
{
    private static readonly Task<Exception> Never = new TaskCompletionSource<Exception>().Task;

    public AdmissionGate Admission => admission;

    public SequenceQueue Queue => queue;

    /// <summary>Floats of a row of its result; known once it has run.</summary>
    public int Width { get; init; }

    /// <summary>Its graph, for those who bring the inputs themselves; owned. Null where nobody does.</summary>
    public TensorEngine? Tensors { get; init; }

    /// <summary>Threads of a run that has the machine to itself; 1 where all runs are alike.</summary>
    public int LoneThreads { get; init; } = 1;

    /// <summary>The longest input that its graph has room for.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <inheritdoc cref="BatchLoop.Failure"/>
    public Task<Exception> Failure => field ??= Task.WhenAny(loop?.Failure ?? Never, Tensors?.Failure ?? Never).Unwrap();

    /// <inheritdoc cref="BatchLoop.Dispose"/>
    public void Dispose()
    {
        Tensors?.Dispose();
        loop?.Dispose();
    }
}
