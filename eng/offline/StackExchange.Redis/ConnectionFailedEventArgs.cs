using System.Net;

namespace StackExchange.Redis;

/// <summary>What happened to a connection: why it broke, or (with <see cref="ConnectionFailureType.None"/>) that it is back.</summary>
public class ConnectionFailedEventArgs(
    object sender, EndPoint? endPoint, ConnectionType connectionType, ConnectionFailureType failureType, Exception? exception, string? physicalName) : EventArgs
{
    public EndPoint? EndPoint { get; } = endPoint;

    public ConnectionType ConnectionType { get; } = connectionType;

    public ConnectionFailureType FailureType { get; } = failureType;

    public Exception? Exception { get; } = exception;

    public override string ToString() => physicalName ?? sender.ToString() ?? "";
}
