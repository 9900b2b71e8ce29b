using Microsoft.Extensions.Logging;
using StackExchange.Redis.Configuration;

namespace StackExchange.Redis;

/// <summary>How to connect. Timeouts are milliseconds.</summary>
public sealed partial class ConfigurationOptions : ICloneable
{
    private bool? _abortOnConnectFail;
    private int? _asyncTimeout;
    private int? _syncTimeout;
    private int? _connectTimeout;
    private int? _connectRetry;
    private int? _keepAlive;
    private IReconnectRetryPolicy? _reconnectRetryPolicy;

    public EndPointCollection EndPoints { get; init; } = [];

    public DefaultOptionsProvider Defaults { get; set; } = new();

    /// <summary>Whether the first connect throws when no server answers; otherwise it goes on trying behind the scenes.</summary>
    public bool AbortOnConnectFail { get => _abortOnConnectFail ?? Defaults.AbortOnConnectFail; set => _abortOnConnectFail = value; }

    /// <summary>
    /// How long an asynchronous command may take, checked at every <see cref="HeartbeatInterval"/>. Default: <see cref="SyncTimeout"/>.
    /// </summary>
    public int AsyncTimeout { get => _asyncTimeout ?? SyncTimeout; set => _asyncTimeout = value; }

    public int SyncTimeout { get => _syncTimeout ?? 5000; set => _syncTimeout = value; }

    /// <summary>How long one attempt to connect, handshake included, may take.</summary>
    public int ConnectTimeout { get => _connectTimeout ?? Math.Max(5000, SyncTimeout); set => _connectTimeout = value; }

    /// <summary>Attempts of the first connect.</summary>
    public int ConnectRetry { get => _connectRetry ?? 3; set => _connectRetry = value; }

    /// <summary>Seconds of silence after which a PING is sent.</summary>
    public int KeepAlive { get => _keepAlive ?? 60; set => _keepAlive = value; }

    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    public IReconnectRetryPolicy ReconnectRetryPolicy
    {
        get => _reconnectRetryPolicy ??= new ExponentialRetry(ConnectTimeout / 2);
        set => _reconnectRetryPolicy = value;
    }

    public BacklogPolicy BacklogPolicy { get; set; } = BacklogPolicy.Default;

    public string? ClientName { get; set; }

    public int? DefaultDatabase { get; set; }

    public string? User { get; set; }

    public string? Password { get; set; }

    public bool AllowAdmin { get; set; }

    /// <summary>Not supported by this stand-in: only false can be set.</summary>
    public bool Ssl
    {
        get => false;
        set
        {
            if (value)
            {
                throw new NotSupportedException("The offline stand-in of StackExchange.Redis does not speak TLS; use the official package.");
            }
        }
    }

    public ILoggerFactory? LoggerFactory { get; set; }

    public ConfigurationOptions Apply(Action<ConfigurationOptions> configure)
    {
        configure(this);
        return this;
    }

    public void SetDefaultPorts() => EndPoints.SetDefaultPorts();

    public ConfigurationOptions Clone()
    {
        var copy = new ConfigurationOptions
        {
            EndPoints = [.. EndPoints],
            Defaults = Defaults,
            HeartbeatInterval = HeartbeatInterval,
            BacklogPolicy = BacklogPolicy,
            ClientName = ClientName,
            DefaultDatabase = DefaultDatabase,
            User = User,
            Password = Password,
            AllowAdmin = AllowAdmin,
            LoggerFactory = LoggerFactory,
        };
        copy._abortOnConnectFail = _abortOnConnectFail;
        copy._asyncTimeout = _asyncTimeout;
        copy._syncTimeout = _syncTimeout;
        copy._connectTimeout = _connectTimeout;
        copy._connectRetry = _connectRetry;
        copy._keepAlive = _keepAlive;
        copy._reconnectRetryPolicy = _reconnectRetryPolicy;
        return copy;
    }

    object ICloneable.Clone() => Clone();
}
