namespace StackExchange.Redis;

/// <summary>Who listens to what. Remembered across connections: each new one subscribes again to everything.</summary>
internal sealed class Subscriptions
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RedisChannel, Listeners> _channels = [];
    private Func<string, RedisChannel, Task> _send = (_, _) => Task.CompletedTask;

    /// <summary>How to say SUBSCRIBE and the like on the subscription connection.</summary>
    public void SendBy(Func<string, RedisChannel, Task> send) => _send = send;

    public Task AddAsync(RedisChannel channel, object listener)
    {
        if (channel.IsNullOrEmpty) throw new ArgumentNullException(nameof(channel));
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var listeners))
            {
                _channels.Add(channel, listeners = new Listeners());
            }

            listeners.All = [.. listeners.All, listener];
            if (listeners.Confirmed is null or { IsFaulted: true })
            {
                listeners.Confirmed = _send(channel.IsPattern ? "PSUBSCRIBE" : "SUBSCRIBE", channel);
            }
            return listeners.Confirmed;
        }
    }

    /// <summary>Removes one listener, or with null all of the channel.</summary>
    public Task RemoveAsync(RedisChannel channel, object? listener)
    {
        lock (_gate)
        {
            if (!_channels.TryGetValue(channel, out var listeners)) return Task.CompletedTask;
            var gone = listener is null ? listeners.All : [.. listeners.All.Where(other => other.Equals(listener)).Take(1)];
            listeners.All = [.. listeners.All.Where(other => !gone.Contains(other))];
            foreach (var queue in gone.OfType<ChannelMessageQueue>()) queue.Complete();
            if (listeners.All.Length > 0) return Task.CompletedTask;
            _channels.Remove(channel);
            return _send(channel.IsPattern ? "PUNSUBSCRIBE" : "UNSUBSCRIBE", channel);
        }
    }

    public Task RemoveAllAsync()
    {
        lock (_gate) return Task.WhenAll(_channels.Keys.ToArray().Select(channel => RemoveAsync(channel, null)));
    }

    public IEnumerable<Message> Renew()
    {
        lock (_gate)
        {
            return [.. _channels.Keys.Select(channel => new ForgottenMessage(channel.IsPattern ? "PSUBSCRIBE" : "SUBSCRIBE", [channel.AsValue()]))];
        }
    }

    /// <summary>
    /// Takes <c>message channel content</c> and <c>pmessage pattern channel content</c>; anything else answers a command.
    /// </summary>
    public bool TryDispatch(RespReply reply)
    {
        if (reply.Items is not { Length: 3 or 4 } items || !items[0].Value.IsRaw) return false;
        var kind = items[0].Value.Raw.Span;
        var isPattern = kind.SequenceEqual("pmessage"u8);
        if (!isPattern && !kind.SequenceEqual("message"u8)) return false;
        var name = (byte[])items[1].Value!;
        var subscription = isPattern ? RedisChannel.Pattern(name) : RedisChannel.Literal(name);
        Dispatch(new ChannelMessage(subscription, RedisChannel.Literal((byte[])items[^2].Value!), items[^1].Value));
        return true;
    }

    private void Dispatch(ChannelMessage message)
    {
        object[] listeners;
        lock (_gate) listeners = _channels.TryGetValue(message.SubscriptionChannel, out var found) ? found.All : [];
        foreach (var listener in listeners)
        {
            if (listener is ChannelMessageQueue queue) queue.Add(message);
            else ThreadPool.UnsafeQueueUserWorkItem(Call, ((Action<RedisChannel, RedisValue>)listener, message), preferLocal: false);
        }
    }

    private static void Call((Action<RedisChannel, RedisValue> Handler, ChannelMessage Message) work)
    {
        try
        {
            work.Handler(work.Message.Channel, work.Message.Message);
        }
        catch (Exception)
        {
            // A handler's failure is its own, and on the thread pool it would end the process.
        }
    }

    private sealed class Listeners
    {
        public object[] All { get; set; } = [];

        public Task? Confirmed { get; set; }
    }
}
