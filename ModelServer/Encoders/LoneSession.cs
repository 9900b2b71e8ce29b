namespace ModelServer.Encoders;

/// <summary>A second session of an encoder, over the same weights, whose runs take several cores. For one run at a time: a batch that is alone.</summary>
/// <param name="session">Owned from here on.</param>
/// <param name="threads">Inside a run.</param>
/// <param name="isShared">Whether their cores are those of other servers too: what this one sees does not tell then that they are free.</param>
internal sealed class LoneSession(EncoderSession session, int threads, bool isShared, TimeProvider time) : IDisposable
{
    private readonly EncoderBuffers _buffers = session.CreateBuffers();
    private volatile bool _isOpen;

    public int Threads => threads;

    /// <summary>Whether batches are run here. Before, the other session runs them, which has to be warm too.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    /// <summary>Says which of the batches that may be run here are; null: all.</summary>
    public LoneChoice? Choice { get; set; }

    /// <summary>Whether a batch may be run here.</summary>
    public bool Suits(Batch batch) => IsOpen && batch.IsAlone && (!isShared || batch.IsOfLoneRequests);

    /// <summary>Runs a batch that suits, here or as any other.</summary>
    /// <param name="any">Runs all others.</param>
    /// <param name="buffers">Of the caller's runs in it.</param>
    /// <inheritdoc cref="EncoderSession.Run"/>
    public float[][] Run(Batch batch, RowReader? reader, EncoderSession any, EncoderBuffers buffers)
    {
        if (Choice is not { } choice) return Run(batch, reader);
        var start = time.GetTimestamp();
        var rows = choice.TakesAll ? Run(batch, reader) : any.RunHere(batch, buffers, reader);
        choice.Ran(batch.PaddedTokens, time.GetElapsedTime(start));
        return rows;
    }

    public void Dispose()
    {
        _buffers.Dispose();
        session.Dispose();
    }

    private float[][] Run(Batch batch, RowReader? reader)
    {
        batch.Threads = threads;
        return session.Run(batch, _buffers, reader);
    }
}
