namespace Gateway.Replicas;

/// <summary>Sums times without a lock; reading the mean resets it.</summary>
internal sealed class AnswerTimes
{
    private long _ticks;
    private int _count;

    public void Add(TimeSpan time)
    {
        Interlocked.Add(ref _ticks, time.Ticks);
        Interlocked.Increment(ref _count);
    }

    public (int Count, TimeSpan Mean) Reset()
    {
        var (count, ticks) = (Interlocked.Exchange(ref _count, 0), Interlocked.Exchange(ref _ticks, 0));
        return (count, count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(ticks / count));
    }
}
