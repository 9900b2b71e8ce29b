namespace StackExchange.Redis;

/// <summary>What databases, servers and subscribers share: sending a command and reading its reply.</summary>
internal abstract class RedisBase(ConnectionMultiplexer multiplexer) : IRedis
{
    private protected static readonly Func<RespReply, bool> ReadBoolean = reply => reply.Type switch
    {
        // OK is true; a null (a condition that did not hold) is false; counts are 0 or 1.
        ResultType.SimpleString => true,
        _ when reply.Value.IsNull => false,
        _ => (long)reply.Value != 0,
    };

    private protected static readonly Func<RespReply, long> ReadInteger = reply => (long)reply.Value;
    private protected static readonly Func<RespReply, double> ReadDouble = reply => (double)reply.Value;
    private protected static readonly Func<RespReply, RedisValue> ReadValue = reply => reply.Value;
    private protected static readonly Func<RespReply, RedisValue[]> ReadValues = reply => Array.ConvertAll(reply.Items ?? [], item => item.Value);
    private protected static readonly Func<RespReply, RedisResult> ReadResult = reply => RedisResult.From(reply);
    private static readonly Func<RespReply, bool> ReadNothing = _ => true;

    public IConnectionMultiplexer Multiplexer => multiplexer;

    private protected ConnectionMultiplexer Connection => multiplexer;

    private protected virtual Bridge Bridge => multiplexer.Interactive;

    public async Task<TimeSpan> PingAsync(CommandFlags flags = CommandFlags.None)
    {
        var start = TimeProvider.System.GetTimestamp();
        await SendAsync("PING", [], ReadNothing, flags).ConfigureAwait(false);
        return TimeProvider.System.GetElapsedTime(start);
    }

    public TimeSpan Ping(CommandFlags flags = CommandFlags.None) => Wait(PingAsync(flags));

    public bool TryWait(Task task) => task.Wait(multiplexer.TimeoutMilliseconds);

    public void Wait(Task task) => multiplexer.Wait(task);

    public T Wait<T>(Task<T> task) => multiplexer.Wait(task);

    public void WaitAll(params Task[] tasks) => multiplexer.WaitAll(tasks);

    private protected Task<RedisResult> ExecuteFreelyAsync(string command, IEnumerable<object>? arguments, CommandFlags flags)
    {
        if (string.IsNullOrWhiteSpace(command) || command.Any(c => c is <= ' ' or > '~'))
        {
            throw new RedisCommandException("Command must be an ASCII word");
        }
        return SendAsync(command, [.. (arguments ?? []).Select(ToValue)], ReadResult, flags);
    }

    private protected Task<T> SendAsync<T>(string command, RedisValue[] arguments, Func<RespReply, T> read, CommandFlags flags)
    {
        if (flags.HasFlag(CommandFlags.FireAndForget))
        {
            Forget(new ForgottenMessage(command, arguments));
            return Task.FromResult<T>(default!);
        }

        var message = new Message<T>(command, arguments, read);
        try
        {
            Bridge.Send(message);
        }
        catch (Exception refused)
        {
            message.TryFail(refused);
        }

        return message.Task;
    }

    private protected static RedisValue[] Values(RedisKey[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Array.ConvertAll(keys, key => key.AsValue());
    }

    private void Forget(Message message)
    {
        try
        {
            Bridge.Send(message);
        }
        catch (RedisConnectionException)
        {
            // Nobody waits for the outcome.
        }
    }

    private static RedisValue ToValue(object argument) => argument switch
    {
        RedisValue value => value,
        RedisKey key => key.AsValue(),
        RedisChannel channel => channel.AsValue(),
        string text => text,
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> memory => memory,
        bool flag => flag,
        int number => number,
        long number => number,
        double number => number,
        _ => throw new InvalidCastException("Unable to parse value: " + argument?.GetType().Name),
    };
}
