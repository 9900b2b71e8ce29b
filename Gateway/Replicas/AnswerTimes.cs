namespace Gateway.Replicas;

/// <summary>Sums times without a lock; a reader takes the mean and starts anew.</summary>
internal sealed class AnswerTimes
{
    private long _ticks;
    private int _count;

    public void Add(TimeSpan time)
    {
        Interlocked.Add(ref _ticks, time.Ticks);
        Interlocked.Increment(ref _count);
    }

    public (int Count, TimeSpan Mean) Take()
    {
        var (count, ticks) = (Interlocked.Exchange(ref _count, 0), Interlocked.Exchange(ref _ticks, 0));
        return (count, count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(ticks / count));
    }
}
