namespace StackExchange.Redis;

public interface IRedisAsync
{
    IConnectionMultiplexer Multiplexer { get; }

    /// <summary>How long the round trip took.</summary>
    Task<TimeSpan> PingAsync(CommandFlags flags = CommandFlags.None);

    bool TryWait(Task task);

    void Wait(Task task);

    T Wait<T>(Task<T> task);

    void WaitAll(params Task[] tasks);
}

public interface IRedis : IRedisAsync
{
    TimeSpan Ping(CommandFlags flags = CommandFlags.None);
}
