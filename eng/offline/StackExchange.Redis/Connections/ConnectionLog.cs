using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace StackExchange.Redis;

/// <summary>What an operator needs to know about the way to the server.</summary>
internal sealed partial class ConnectionLog(ILoggerFactory? factory)
{
    private readonly ILogger _logger = factory?.CreateLogger<ConnectionMultiplexer>() ?? (ILogger)NullLogger.Instance;

    public void Failed(EndPoint endPoint, ConnectionType type, RedisConnectionException failure) =>
        LogFailed(EndPointCollection.ToString(endPoint), type, failure.FailureType, failure.Message);

    public void Restored(EndPoint endPoint, ConnectionType type) => LogRestored(EndPointCollection.ToString(endPoint), type);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection to {EndPoint} ({ConnectionType}) failed: {FailureType}, {Reason}")]
    private partial void LogFailed(string endPoint, ConnectionType connectionType, ConnectionFailureType failureType, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {EndPoint} ({ConnectionType})")]
    private partial void LogRestored(string endPoint, ConnectionType connectionType);
}
