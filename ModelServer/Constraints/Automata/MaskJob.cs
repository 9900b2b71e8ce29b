namespace ModelServer.Constraints.Automata;

/// <summary>The computation of one mask, by a thread of the pool or by whoever needs it first.</summary>
internal sealed class MaskJob(MaskTable masks, Configuration configuration, bool isFirst) : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _done = new();
    private int _isTaken;

    public void Execute()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0) return;
        try
        {
            masks.Compute(configuration, isFirst);
        }
        catch (Exception)
        {
            // Whoever needs the mask tries again, and is told there.
        }

        _done.SetResult();
    }

    /// <summary>Returns when the mask is known.</summary>
    /// <returns>Whether it was already.</returns>
    public bool Finish()
    {
        if (_done.Task.IsCompleted) return true;
        Execute();
        _done.Task.Wait();
        return false;
    }
}
