using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>The console of every resource: what it printed, and what the host has to say about it. The last 10,000 lines are kept.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    public ILogger GetLogger(IResource resource) => Find(resource.Name);

    public ILogger GetLogger(string resourceName) => Find(resourceName);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Find(resourceName).ReadAsync(follow: true);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.Name);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Find(resourceName).ReadAsync(follow: false);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.Name);

    public void Dispose()
    {
        foreach (var log in _logs.Values) log.Complete();
        GC.SuppressFinalize(this);
    }

    /// <summary>A resource's log is found by its name and by the id of its instance alike.</summary>
    internal void Alias(string resourceId, string resourceName) => _logs.TryAdd(resourceId, Find(resourceName));

    internal void Add(string resourceName, string line, bool isError) => Find(resourceName).Add(line, isError);

    private ResourceLog Find(string name) => _logs.GetOrAdd(name, _ => new ResourceLog());

    private sealed class ResourceLog : ILogger
    {
        private const int Capacity = 10_000, Batch = 500;
        private readonly Lock _gate = new();
        private readonly Queue<LogLine> _lines = [];
        private readonly HashSet<Channel<LogLine>> _readers = [];
        private int _number;
        private bool _complete;

        public void Add(string content, bool isError)
        {
            lock (_gate)
            {
                var line = new LogLine(++_number, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffK} {content}", isError);
                _lines.Enqueue(line);
                if (_lines.Count > Capacity) _lines.Dequeue();
                foreach (var reader in _readers) reader.Writer.TryWrite(line);
            }
        }

        public void Complete()
        {
            lock (_gate)
            {
                _complete = true;
                foreach (var reader in _readers) reader.Writer.TryComplete();
            }
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var next = Channel.CreateUnbounded<LogLine>();
            LogLine[] past;
            lock (_gate)
            {
                past = [.. _lines];
                if (follow && !_complete) _readers.Add(next);
                else next.Writer.Complete();
            }

            try
            {
                foreach (var chunk in past.Chunk(Batch)) yield return chunk;
                while (await next.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var batch = new List<LogLine>();
                    while (batch.Count < Batch && next.Reader.TryRead(out var line)) batch.Add(line);
                    yield return batch;
                }
            }
            finally
            {
                lock (_gate) _readers.Remove(next);
            }
        }

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Add(formatter(state, exception) + (exception is null ? "" : Environment.NewLine + exception), logLevel >= LogLevel.Error);
    }
}
