namespace ModelServer.Encoders;

/// <summary>A second session of an encoder, over the same weights, whose runs take several cores. For one run at a time: a batch that is alone.</summary>
/// <param name="session">Owned from here on.</param>
/// <param name="threads">Inside a run.</param>
/// <param name="isShared">Whether their cores are those of other servers too: what this one sees does not tell then that they are free.</param>
internal sealed class LoneSession(EncoderSession session, int threads, bool isShared) : IDisposable
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

    /// <summary>Whether a batch is run here.</summary>
    public bool Takes(Batch batch) => IsOpen && batch.IsAlone && (!isShared || batch.IsOfLoneRequests);

    /// <inheritdoc cref="EncoderSession.Run"/>
    public float[][] Run(Batch batch, RowReader? reader = null)
    {
        batch.Threads = threads;
        return session.Run(batch, _buffers, reader);
    }

    public void Dispose()
    {
        _buffers.Dispose();
        session.Dispose();
    }
}
