namespace StackExchange.Redis;

internal sealed class RedisSubscriber(ConnectionMultiplexer multiplexer) : RedisBase(multiplexer), ISubscriber
{
    public bool IsConnected(RedisChannel channel = default) => Connection.Subscription.IsConnected;

    public Task<long> PublishAsync(RedisChannel channel, RedisValue message, CommandFlags flags = CommandFlags.None) =>
        SendAsync("PUBLISH", [channel.AsValue(), message], ReadInteger, flags);

    public Task SubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue> handler, CommandFlags flags = CommandFlags.None)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Connection.Subscriptions.AddAsync(channel, handler);
    }

    public async Task<ChannelMessageQueue> SubscribeAsync(RedisChannel channel, CommandFlags flags = CommandFlags.None)
    {
        var queue = new ChannelMessageQueue(channel, Connection.Subscriptions);
        await Connection.Subscriptions.AddAsync(channel, queue).ConfigureAwait(false);
        return queue;
    }

    public Task UnsubscribeAsync(RedisChannel channel, Action<RedisChannel, RedisValue>? handler = null, CommandFlags flags = CommandFlags.None) =>
        Connection.Subscriptions.RemoveAsync(channel, handler);

    public Task UnsubscribeAllAsync(CommandFlags flags = CommandFlags.None) => Connection.Subscriptions.RemoveAllAsync();

    /// <summary>Says SUBSCRIBE and the like where the messages will come; leaving a channel needs no words while disconnected.</summary>
    internal Task TellAsync(string command, RedisChannel channel)
    {
        var message = new Message<bool>(command, [channel.AsValue()], _ => true);
        if (command.EndsWith("UNSUBSCRIBE", StringComparison.Ordinal) && !Connection.Subscription.IsConnected) return Task.CompletedTask;
        try
        {
            Connection.Subscription.Send(message);
        }
        catch (Exception refused)
        {
            message.TryFail(refused);
        }

        return message.Task;
    }
}
