using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ModelServer.Runtime;

namespace ModelServer.Tests;

/// <summary>What the engine has said in this process. It takes one logger for ever, and prints where it has none: so it gets this one before any test.</summary>
internal sealed class EngineLog : ILogger
{
    private const int Kept = 1000;
    private static readonly ConcurrentQueue<(LogLevel Level, string Text)> Said = new();

    public static IReadOnlyCollection<(LogLevel Level, string Text)> Lines => Said;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Said.Enqueue((logLevel, formatter(state, exception)));
        if (Said.Count > Kept) Said.TryDequeue(out _);
    }

    [ModuleInitializer]
    internal static void Listen() => OnnxEnvironment.Initialize(new EngineLog());
}
