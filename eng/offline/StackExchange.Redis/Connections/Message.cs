namespace StackExchange.Redis;

/// <summary>A command on its way: queued, sent, then completed once by its reply, its timeout or the loss of the connection.</summary>
internal abstract class Message(string command, RedisValue[] arguments)
{
    public string Command => command;

    public RedisValue[] Arguments => arguments;

    public long CreatedAt { get; } = Environment.TickCount64;

    public CommandStatus Status { get; set; } = CommandStatus.WaitingToBeSent;

    public abstract bool IsCompleted { get; }

    public abstract void Complete(in RespReply reply);

    /// <summary>False when it was completed already.</summary>
    public abstract bool TryFail(Exception exception);
}

internal sealed class Message<T>(string command, RedisValue[] arguments, Func<RespReply, T> read) : Message(command, arguments)
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _completion.Task;

    public override bool IsCompleted => _completion.Task.IsCompleted;

    public override void Complete(in RespReply reply)
    {
        if (reply.IsError)
        {
            TryFail(reply.AsException());
            return;
        }

        try
        {
            _completion.TrySetResult(read(reply));
        }
        catch (Exception unexpected)
        {
            TryFail(new RedisConnectionException(ConnectionFailureType.ProtocolFailure, $"Unexpected {reply.Type} response to {Command}", unexpected));
        }
    }

    public override bool TryFail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>A command whose outcome nobody waits for.</summary>
internal sealed class ForgottenMessage(string command, RedisValue[] arguments) : Message(command, arguments)
{
    private bool _completed;

    public override bool IsCompleted => _completed;

    public override void Complete(in RespReply reply) => _completed = true;

    public override bool TryFail(Exception exception) => !_completed && (_completed = true);
}
