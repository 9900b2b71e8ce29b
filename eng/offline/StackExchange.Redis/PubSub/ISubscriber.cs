namespace StackExchange.Redis;

/// <summary>Messages to whoever listens now; nothing is kept for those who do not.</summary>
public interface ISubscriber : IRedis
{
    bool IsConnected(RedisChannel channel = default);

    /// <summary>How many clients received it.</summary>
    Task<long> PublishAsync(RedisChannel channel, RedisValue message, CommandFlags flags = CommandFlags.None);

    /// <summary>Calls the handler on the thread pool for every message, in no promised order.</summary>
    Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CommandFlags flags = CommandFlags.None);

    /// <summary>Messages in order, to be read or handled one after another.</summary>
    Task<ChannelMessageQueue> SubscribeAsync(RedisChannel channel, CommandFlags flags = CommandFlags.None);

    /// <summary>Removes one handler, or with null all handlers and queues of the channel.</summary>
    Task UnsubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue>? handler = null, CommandFlags flags = CommandFlags.None);

    Task UnsubscribeAllAsync(CommandFlags flags = CommandFlags.None);
}
