using System.Threading.Channels;

namespace StackExchange.Redis;

/// <summary>The messages of one subscription in the order they came: read them, or have them handled one by one, not both.</summary>
public sealed class ChannelMessageQueue : IAsyncEnumerable<ChannelMessage>
{
    private readonly Channel<ChannelMessage> _messages = System.Threading.Channels.Channel.CreateUnbounded<ChannelMessage>();
    private readonly Subscriptions _owner;

    internal ChannelMessageQueue(RedisChannel channel, Subscriptions owner)
    {
        Channel = channel;
        _owner = owner;
    }

    public RedisChannel Channel { get; }

    /// <summary>Done when unsubscribed and read to the end.</summary>
    public Task Completion => _messages.Reader.Completion;

    public ValueTask<ChannelMessage> ReadAsync(CancellationToken cancellationToken = default) =>
        _messages.Reader.ReadAsync(cancellationToken);

    public bool TryRead(out ChannelMessage item) => _messages.Reader.TryRead(out item);

    public void OnMessage(Action<ChannelMessage> handler) => OnMessage(message =>
    {
        handler(message);
        return Task.CompletedTask;
    });

    public void OnMessage(Func<ChannelMessage, Task> handler) => _ = Task.Run(async () =>
    {
        await foreach (var message in _messages.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await handler(message).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // A handler's failure is its own; the next message still comes.
            }
        }
    });

    public IAsyncEnumerator<ChannelMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        _messages.Reader.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator(cancellationToken);

    public Task UnsubscribeAsync(CommandFlags flags = CommandFlags.None) => _owner.RemoveAsync(Channel, this);

    internal void Add(ChannelMessage message) => _messages.Writer.TryWrite(message);

    internal void Complete() => _messages.Writer.TryComplete();
}
