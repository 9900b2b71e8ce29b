using System.Net.Sockets;

namespace StackExchange.Redis;

/// <summary>The words of failures. They name commands and servers, never keys, values or passwords.</summary>
internal static class Failures
{
    public static RedisConnectionException UnableToConnect(Exception inner, bool abort)
    {
        var text = "It was not possible to connect to the redis server(s).";
        if (inner is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure })
        {
            return new(
                ConnectionFailureType.AuthenticationFailure,
                $"{text} There was an authentication failure; check that passwords are configured correctly: {inner.Message}",
                inner);
        }

        if (abort)
        {
            text += " Error connecting right now. To allow this multiplexer to continue retrying until it's able to connect,"
                + " use abortConnect=false in your connection string or AbortOnConnectFail=false; in your code.";
        }

        return new(ConnectionFailureType.UnableToConnect, $"{text} {inner.Message}", inner);
    }

    public static RedisConnectionException NoConnection(string command, Exception? last) => new(
        TypeOf(last, ConnectionFailureType.UnableToResolvePhysicalConnection),
        $"No connection is active/available to service this operation: {command}; {last?.Message}",
        last,
        CommandStatus.WaitingToBeSent);

    public static Exception Timeout(Message message, int milliseconds, Exception? lastFailure)
    {
        if (message.Status != CommandStatus.WaitingInBacklog || lastFailure is null)
        {
            return new RedisTimeoutException($"Timeout performing {message.Command} ({milliseconds}ms)", message.Status);
        }

        return new RedisConnectionException(
            TypeOf(lastFailure, ConnectionFailureType.UnableToConnect),
            "The message timed out in the backlog attempting to send because no connection became available"
                + $" ({milliseconds}ms) - Last Connection Exception: {lastFailure.Message}, command={message.Command}",
            lastFailure,
            message.Status);
    }

    public static RedisConnectionException Lost(Exception cause, string where) =>
        cause as RedisConnectionException ?? new RedisConnectionException(
        cause is EndOfStreamException ? ConnectionFailureType.SocketClosed : ConnectionFailureType.SocketFailure,
        $"{cause.GetType().Name} on {where}: {cause.Message}",
        cause);

    public static RedisConnectionException LostCommand(Message message, RedisConnectionException cause) =>
        new(cause.FailureType, $"The connection was lost before {message.Command} was answered: {cause.Message}", cause, message.Status);

    public static RedisConnectionException NotReached(Exception cause, string where, int milliseconds) => cause switch
    {
        RedisConnectionException already => already,
        OperationCanceledException => new(ConnectionFailureType.UnableToConnect, $"No answer from {where} within {milliseconds}ms"),
        SocketException socket => new(ConnectionFailureType.UnableToConnect, $"UnableToConnect on {where}: {socket.SocketErrorCode}", socket),
        _ => new(ConnectionFailureType.UnableToConnect, $"UnableToConnect on {where}: {cause.Message}", cause),
    };

    private static ConnectionFailureType TypeOf(Exception? exception, ConnectionFailureType otherwise) =>
        exception is RedisConnectionException connection ? connection.FailureType : otherwise;
}
