using System.Net;

namespace StackExchange.Redis;

/// <inheritdoc cref="IConnectionMultiplexer"/>
public sealed partial class ConnectionMultiplexer : IConnectionMultiplexer, IBridgeObserver
{
    private readonly ConfigurationOptions _options;
    private readonly Timer _heartbeat;
    private readonly ConnectionLog _log;
    private int _closed;

    private ConnectionMultiplexer(ConfigurationOptions options)
    {
        _options = options;
        _log = new ConnectionLog(options.LoggerFactory);
        Interactive = new Bridge(options, ConnectionType.Interactive, this);
        Subscription = new Bridge(options, ConnectionType.Subscription, this, Subscriptions.TryDispatch) { Preamble = Subscriptions.Renew };
        Subscriptions.SendBy(new RedisSubscriber(this).TellAsync);
        _heartbeat = new Timer(_ => Heartbeat(), null, options.HeartbeatInterval, options.HeartbeatInterval);
    }

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionFailed;

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionRestored;

    public string ClientName => _options.ClientName ?? Environment.MachineName;

    public bool IsConnected => Interactive.IsConnected;

    public bool IsConnecting => !IsConnected && Volatile.Read(ref _closed) == 0;

    public int TimeoutMilliseconds => _options.SyncTimeout;

    internal Bridge Interactive { get; }

    internal Bridge Subscription { get; }

    internal Subscriptions Subscriptions { get; } = new();

    public EndPoint[] GetEndPoints(bool configuredOnly = false) => [.. _options.EndPoints];

    public IDatabase GetDatabase(int db = -1, object? asyncState = null)
    {
        var configured = _options.DefaultDatabase ?? 0;
        if (db != -1 && db != configured) throw new NotSupportedException("The offline stand-in serves the default database only");
        if (asyncState is not null) throw new NotSupportedException("The offline stand-in has no async state");
        return new RedisDatabase(this, configured);
    }

    public ISubscriber GetSubscriber(object? asyncState = null) => new RedisSubscriber(this);

    public IServer GetServer(string host, int port, object? asyncState = null) =>
        GetServer(EndPointCollection.TryParse($"{host}:{port}")!, asyncState);

    public IServer GetServer(EndPoint endpoint, object? asyncState = null) => _options.EndPoints.Contains(endpoint)
        ? new RedisServer(this, endpoint)
        : throw new ArgumentException("The specified endpoint is not defined", nameof(endpoint));

    public IServer[] GetServers() => [.. _options.EndPoints.Select(endPoint => new RedisServer(this, endPoint))];

    public void Wait(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(TimeoutMilliseconds))
        {
            throw new RedisTimeoutException("The task did not complete in time", CommandStatus.Unknown);
        }
        task.GetAwaiter().GetResult();
    }

    public T Wait<T>(Task<T> task)
    {
        Wait((Task)task);
        return task.Result;
    }

    public void WaitAll(params Task[] tasks) => Wait(Task.WhenAll(tasks));

    public void Close(bool allowCommandsToComplete = true) => CloseAsync(allowCommandsToComplete).GetAwaiter().GetResult();

    public async Task CloseAsync(bool allowCommandsToComplete = true)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        // Replies come in order: once this one is here, all earlier ones are.
        if (allowCommandsToComplete && IsConnected)
        {
            await ((Task)GetServers()[0].PingAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _heartbeat.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(Interactive.CloseAsync(), Subscription.CloseAsync()).ConfigureAwait(false);
        await Subscriptions.RemoveAllAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => Close();

    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    /// <summary>The options without the password.</summary>
    public override string ToString() => _options.ToString(includePassword: false);

    void IBridgeObserver.OnFailed(EndPoint endPoint, ConnectionType type, RedisConnectionException failure)
    {
        _log.Failed(endPoint, type, failure);
        Raise(ConnectionFailed, new ConnectionFailedEventArgs(this, endPoint, type, failure.FailureType, failure, type.ToString()));
    }

    void IBridgeObserver.OnRestored(EndPoint endPoint, ConnectionType type)
    {
        _log.Restored(endPoint, type);
        Raise(ConnectionRestored, new ConnectionFailedEventArgs(this, endPoint, type, ConnectionFailureType.None, null, type.ToString()));
    }

    // Not on the loop that serves the connection: a listener may take its time.
    private void Raise(EventHandler<ConnectionFailedEventArgs>? listeners, ConnectionFailedEventArgs what)
    {
        if (listeners is not null) ThreadPool.UnsafeQueueUserWorkItem(_ => listeners(this, what), null);
    }

    private void Heartbeat()
    {
        Interactive.Heartbeat();
        Subscription.Heartbeat();
    }
}
