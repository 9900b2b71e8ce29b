namespace ModelServer.Runtime;

/// <summary>Counts the runs of all encoders under way in this process, so that one that has the cores to itself is told from the others.</summary>
internal sealed class RunCount
{
    private int _running;

    /// <returns>Whether no other is under way.</returns>
    public bool Begin() => Interlocked.Increment(ref _running) == 1;

    public void End() => Interlocked.Decrement(ref _running);
}
