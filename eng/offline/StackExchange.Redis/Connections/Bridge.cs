using System.Net;

namespace StackExchange.Redis;

/// <summary>Keeps one connection of a kind alive: connects, serves, and after a break tries again as the retry policy says.</summary>
internal sealed class Bridge(ConfigurationOptions options, ConnectionType type, IBridgeObserver observer, Func<RespReply, bool>? push = null)
{
    private readonly Outbox _outbox = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile PhysicalConnection? _connection;
    private volatile Exception? _lastFailure;
    private Task _running = Task.CompletedTask;

    public bool IsConnected => _connection is not null;

    public EndPoint? EndPoint => _connection?.EndPoint;

    /// <summary>What every new connection says before anything else.</summary>
    public Func<IEnumerable<Message>>? Preamble { get; init; }

    /// <summary>
    /// Tries to connect up to the given number of times, then goes on by itself. Returns why there is no connection yet, if there is none.
    /// </summary>
    public async Task<Exception?> StartAsync(int attempts)
    {
        PhysicalConnection? connection = null;
        for (var i = 0; i < Math.Max(attempts, 1) && connection is null; i++)
        {
            connection = await TryConnectAsync().ConfigureAwait(false);
            if (_lastFailure is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }) break;
        }

        _running = RunAsync(connection);
        return connection is null ? _lastFailure : null;
    }

    /// <summary>Goes on by itself from the start, without waiting for the first attempt.</summary>
    public void Start() => _running = Task.Run(async () =>
        await RunAsync(await TryConnectAsync().ConfigureAwait(false)).ConfigureAwait(false));

    public void Send(Message message)
    {
        if (_connection is null)
        {
            if (!options.BacklogPolicy.QueueWhileDisconnected) throw Failures.NoConnection(message.Command, _lastFailure);
            message.Status = CommandStatus.WaitingInBacklog;
        }

        _outbox.Add(message);
    }

    public void Heartbeat()
    {
        var timeout = options.AsyncTimeout;
        var before = Environment.TickCount64 - timeout;
        _outbox.Expire(before, message => Failures.Timeout(message, timeout, _lastFailure));
        if (_connection is not { } connection) return;
        var expired = connection.Expire(before, timeout);
        if (expired > 0 && connection.SilentFor > timeout * 4L)
        {
            connection.Abort(new RedisConnectionException(ConnectionFailureType.SocketFailure, $"The server has been silent for {connection.SilentFor}ms"));
        }
        else if (options.KeepAlive > 0 && connection.NothingSentFor >= options.KeepAlive * 1000L)
        {
            _outbox.Add(new ForgottenMessage("PING", []));
        }
    }

    public async Task CloseAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _outbox.Close(new ObjectDisposedException(nameof(ConnectionMultiplexer)));
        _connection?.Abort(new RedisConnectionException(ConnectionFailureType.ConnectionDisposed, "The connection was closed by the client"));
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(PhysicalConnection? connection)
    {
        while (!_closing.IsCancellationRequested)
        {
            connection ??= await ReconnectAsync().ConfigureAwait(false);
            _connection = connection;
            if (_closing.IsCancellationRequested) break;
            if (Preamble is not null) _outbox.AddFirst(Preamble());
            observer.OnRestored(connection.EndPoint, type);
            var failure = await connection.RunAsync(_outbox, push).ConfigureAwait(false);
            _connection = null;
            Fail(connection.EndPoint, failure);
            connection = _closing.IsCancellationRequested ? null : await TryConnectAsync().ConfigureAwait(false);
        }

        _connection = null;
        connection?.Dispose();
    }

    private async Task<PhysicalConnection> ReconnectAsync()
    {
        var lastAttempt = Environment.TickCount64;
        for (var attempt = 0L; ;)
        {
            await Task.Delay(options.HeartbeatInterval, _closing.Token).ConfigureAwait(false);
            if (!options.ReconnectRetryPolicy.ShouldRetry(attempt, (int)(Environment.TickCount64 - lastAttempt))) continue;
            attempt++;
            lastAttempt = Environment.TickCount64;
            if (await TryConnectAsync().ConfigureAwait(false) is { } connection) return connection;
        }
    }

    private async Task<PhysicalConnection?> TryConnectAsync()
    {
        foreach (var endPoint in options.EndPoints)
        {
            try
            {
                return await PhysicalConnection.ConnectAsync(endPoint, options, _closing.Token).ConfigureAwait(false);
            }
            catch (RedisConnectionException failure)
            {
                Fail(endPoint, failure);
            }
        }

        return null;
    }

    private void Fail(EndPoint endPoint, RedisConnectionException failure)
    {
        _lastFailure = failure;
        if (_closing.IsCancellationRequested) return;
        if (options.BacklogPolicy.AbortPendingOnConnectionFailure) _outbox.FailAll(message => Failures.NoConnection(message.Command, failure));
        observer.OnFailed(endPoint, type, failure);
    }
}

/// <summary>Hears of every connection made and lost.</summary>
internal interface IBridgeObserver
{
    void OnFailed(EndPoint endPoint, ConnectionType type, RedisConnectionException failure);

    void OnRestored(EndPoint endPoint, ConnectionType type);
}
