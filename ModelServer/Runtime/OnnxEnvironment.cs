using Microsoft.ML.OnnxRuntime;

namespace ModelServer.Runtime;

/// <summary>Creates the engine's process-wide state once, with a logger of ours, so that its messages do not go to standard error.</summary>
internal static partial class OnnxEnvironment
{
    private static readonly Lock Gate = new();
    private static DOrtLoggingFunction? _sink;
    private static volatile bool _probing;

    /// <summary>Runs something whose failure is an answer; what the engine logs meanwhile is detail.</summary>
    public static void Probe(Action probe)
    {
        lock (Gate)
        {
            _probing = true;
            try
            {
                probe();
            }
            finally
            {
                _probing = false;
            }
        }
    }

    public static void Initialize(ILogger logger)
    {
        lock (Gate)
        {
            if (_sink is not null || OrtEnv.IsCreated) return;
            // The engine keeps the pointer for the life of the process: the field keeps the delegate alive.
            _sink = (_, severity, category, _, _, message) => Write(logger, severity, category, message);
            var options = new EnvironmentCreationOptions { logId = "engine", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, loggingFunction = _sink };
            // Nothing is sent: the variable set before the engine was loaded says it on Linux, this everywhere.
            OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
        }
    }

    /// <summary>Called by native code, which no exception may reach: a logger that throws would end the process.</summary>
    private static void Write(ILogger logger, OrtLoggingLevel severity, string category, string message)
    {
        var level = severity switch
        {
            _ when _probing => LogLevel.Debug,
            OrtLoggingLevel.ORT_LOGGING_LEVEL_VERBOSE => LogLevel.Debug,
            OrtLoggingLevel.ORT_LOGGING_LEVEL_INFO => LogLevel.Information,
            OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING => LogLevel.Warning,
            _ => LogLevel.Error,
        };
        try
        {
            LogEngine(logger, level, category, message);
        }
        catch (Exception)
        {
            // There is nowhere left to say it.
        }
    }

    [LoggerMessage(EventId = 1003, Message = "ONNX Runtime ({Category}): {Text}")]
    private static partial void LogEngine(ILogger logger, LogLevel level, string category, string text);
}
