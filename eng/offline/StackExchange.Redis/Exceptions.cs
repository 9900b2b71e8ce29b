namespace StackExchange.Redis;

/// <summary>Base of what the client throws about the server or the way to it.</summary>
public class RedisException : Exception
{
    public RedisException(string message) : base(message) { }

    public RedisException(string message, Exception? innerException) : base(message, innerException) { }
}

/// <summary>No connection, or it broke before the answer came.</summary>
public sealed class RedisConnectionException : RedisException
{
    public RedisConnectionException(ConnectionFailureType failureType, string message) : this(failureType, message, null) { }

    public RedisConnectionException(ConnectionFailureType failureType, string message, Exception? innerException)
        : this(failureType, message, innerException, CommandStatus.Unknown) { }

    public RedisConnectionException(ConnectionFailureType failureType, string message, Exception? innerException, CommandStatus commandStatus)
        : base(message, innerException)
    {
        FailureType = failureType;
        CommandStatus = commandStatus;
    }

    public ConnectionFailureType FailureType { get; }

    public CommandStatus CommandStatus { get; }
}

/// <summary>The server answered with an error; the message is its text.</summary>
public sealed class RedisServerException(string message) : RedisException(message);

/// <summary>The client refused to send the command.</summary>
public sealed class RedisCommandException : Exception
{
    public RedisCommandException(string message) : base(message) { }

    public RedisCommandException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>No answer within <see cref="ConfigurationOptions.AsyncTimeout"/> or <see cref="ConfigurationOptions.SyncTimeout"/>.</summary>
public sealed class RedisTimeoutException(string message, CommandStatus commandStatus) : TimeoutException(message)
{
    public CommandStatus Commandstatus { get; } = commandStatus;
}
