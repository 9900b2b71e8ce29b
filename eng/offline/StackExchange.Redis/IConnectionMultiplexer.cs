using System.Net;

namespace StackExchange.Redis;

/// <summary>The one connection a process shares: every caller's commands travel on it, pipelined.</summary>
public interface IConnectionMultiplexer : IDisposable, IAsyncDisposable
{
    event EventHandler<ConnectionFailedEventArgs> ConnectionFailed;

    event EventHandler<ConnectionFailedEventArgs> ConnectionRestored;

    string ClientName { get; }

    bool IsConnected { get; }

    bool IsConnecting { get; }

    /// <summary>Milliseconds that synchronous calls wait.</summary>
    int TimeoutMilliseconds { get; }

    EndPoint[] GetEndPoints(bool configuredOnly = false);

    IDatabase GetDatabase(int db = -1, object? asyncState = null);

    ISubscriber GetSubscriber(object? asyncState = null);

    IServer GetServer(string host, int port, object? asyncState = null);

    IServer GetServer(EndPoint endpoint, object? asyncState = null);

    IServer[] GetServers();

    void Wait(Task task);

    T Wait<T>(Task<T> task);

    void WaitAll(params Task[] tasks);

    void Close(bool allowCommandsToComplete = true);

    Task CloseAsync(bool allowCommandsToComplete = true);
}
