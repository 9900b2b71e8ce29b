using System.Collections.Concurrent;
using StackExchange.Redis;

namespace StandIns.Tests.Redis;

[Collection(RedisCollection.Name)]
public sealed class PubSubTests(RedisFixture redis)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly ISubscriber _subscriber = redis.Connection.GetSubscriber();
    private readonly string _name = RedisFixture.NewKey()!;

    [Fact]
    public async Task Subscribe_Handler_HearsOnlyItsChannel()
    {
        var heard = new TaskCompletionSource<(string?, byte[]?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _subscriber.SubscribeAsync(RedisChannel.Literal(_name), (channel, message) => heard.TrySetResult((channel, message)));

        Assert.Equal(0, await _subscriber.PublishAsync(RedisChannel.Literal(_name + "x"), "other"));
        Assert.Equal(1, await _subscriber.PublishAsync(RedisChannel.Literal(_name), new byte[] { 0, 255 }));

        var (name, content) = await heard.Task.WaitAsync(Limit);
        Assert.Equal(_name, name);
        Assert.Equal([0, 255], content);
    }

    [Fact]
    public async Task Subscribe_Queue_KeepsTheOrder()
    {
        var queue = await _subscriber.SubscribeAsync(RedisChannel.Literal(_name));
        for (var i = 0; i < 500; i++) await _subscriber.PublishAsync(RedisChannel.Literal(_name), i, CommandFlags.FireAndForget);

        using var limit = new CancellationTokenSource(Limit);
        for (var i = 0; i < 500; i++) Assert.Equal(i, (int)(await queue.ReadAsync(limit.Token)).Message);
        await queue.UnsubscribeAsync();
        Assert.Equal(0, await _subscriber.PublishAsync(RedisChannel.Literal(_name), "nobody"));
        await queue.Completion.WaitAsync(Limit);
    }

    [Fact]
    public async Task Subscribe_QueueHandlerThatThrows_GetsTheNext()
    {
        var seen = new BlockingCollection<int>();
        var queue = await _subscriber.SubscribeAsync(RedisChannel.Literal(_name));
        queue.OnMessage(message =>
        {
            seen.Add((int)message.Message);
            throw new InvalidOperationException();
        });

        await _subscriber.PublishAsync(RedisChannel.Literal(_name), 1);
        await _subscriber.PublishAsync(RedisChannel.Literal(_name), 2);

        Assert.True(seen.TryTake(out var first, Limit) && seen.TryTake(out var second, Limit) && (first, second) == (1, 2));
    }

    [Fact]
    public async Task Subscribe_Pattern_HearsAllThatMatch()
    {
        var queue = await _subscriber.SubscribeAsync(RedisChannel.Pattern(_name + ":*"));
        await _subscriber.PublishAsync(RedisChannel.Literal(_name + ":a"), "x");

        using var limit = new CancellationTokenSource(Limit);
        var message = await queue.ReadAsync(limit.Token);
        Assert.Equal((_name + ":a", _name + ":*", "x"), ((string?)message.Channel, (string?)message.SubscriptionChannel, (string?)message.Message));
    }

    [Fact]
    public async Task Unsubscribe_OneOfTwoHandlers_LeavesTheOther()
    {
        var left = new BlockingCollection<string?>();
        var removed = new BlockingCollection<string?>();
        Action<RedisChannel, RedisValue> gone = (_, message) => removed.Add(message);
        await _subscriber.SubscribeAsync(RedisChannel.Literal(_name), (_, message) => left.Add(message));
        await _subscriber.SubscribeAsync(RedisChannel.Literal(_name), gone);

        await _subscriber.UnsubscribeAsync(RedisChannel.Literal(_name), gone);
        await _subscriber.PublishAsync(RedisChannel.Literal(_name), "m");

        Assert.True(left.TryTake(out var heard, Limit));
        Assert.Equal("m", heard);
        Assert.Empty(removed);
    }
}
