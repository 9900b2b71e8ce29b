namespace StackExchange.Redis;

/// <summary>A message, the channel it was sent to, and the name or pattern by which we heard it.</summary>
public readonly struct ChannelMessage
{
    internal ChannelMessage(RedisChannel subscription, RedisChannel channel, RedisValue message)
    {
        SubscriptionChannel = subscription;
        Channel = channel;
        Message = message;
    }

    public RedisChannel SubscriptionChannel { get; }

    public RedisChannel Channel { get; }

    public RedisValue Message { get; }

    public override string ToString() => $"{Channel}:{Message}";
}
