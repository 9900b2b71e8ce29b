using System.Net;

namespace StackExchange.Redis;

internal sealed class RedisServer(ConnectionMultiplexer multiplexer, EndPoint endPoint) : RedisBase(multiplexer), IServer
{
    public EndPoint EndPoint => endPoint;

    public bool IsConnected => endPoint.Equals(Connection.Interactive.EndPoint);

    public Task<RedisResult> ExecuteAsync(string command, params object[] args) => ExecuteFreelyAsync(command, args, CommandFlags.None);

    public Task<RedisResult> ExecuteAsync(string command, ICollection<object> args, CommandFlags flags = CommandFlags.None) =>
        ExecuteFreelyAsync(command, args, flags);
}
