namespace StackExchange.Redis;

/// <summary>Asked at every heartbeat while disconnected whether to try again now.</summary>
public interface IReconnectRetryPolicy
{
    bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry);
}

/// <summary>The same wait, in milliseconds, before every attempt.</summary>
public class LinearRetry(int maxRetryElapsedTimeAllowedMilliseconds) : IReconnectRetryPolicy
{
    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= maxRetryElapsedTimeAllowedMilliseconds;
}

/// <summary>A wait drawn from [delta, delta × 1.1ⁿ], capped, in milliseconds.</summary>
public class ExponentialRetry : IReconnectRetryPolicy
{
    private readonly int _delta;
    private readonly int _cap;

    public ExponentialRetry(int deltaBackOffMilliseconds) : this(deltaBackOffMilliseconds, Math.Max(deltaBackOffMilliseconds, 10_000)) { }

    public ExponentialRetry(int deltaBackOffMilliseconds, int maxDeltaBackOffMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deltaBackOffMilliseconds);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDeltaBackOffMilliseconds, deltaBackOffMilliseconds);
        _delta = deltaBackOffMilliseconds;
        _cap = maxDeltaBackOffMilliseconds;
    }

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry)
    {
        var ceiling = (int)Math.Min(_cap, _delta * Math.Pow(1.1, currentRetryCount));
        return timeElapsedMillisecondsSinceLastRetry >= Random.Shared.Next(_delta, Math.Max(ceiling, _delta + 1));
    }
}
