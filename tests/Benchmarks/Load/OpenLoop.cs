using System.Collections.Concurrent;
using System.Diagnostics;
using Benchmarks.Systems;

namespace Benchmarks.Load;

/// <summary>An answer of an open loop.</summary>
/// <param name="At">Seconds after the start at which it arrived.</param>
/// <param name="Ticks">From sending to the whole answer.</param>
internal readonly record struct OpenAnswer(HttpAnswer Answer, double At, long Ticks);

/// <summary>Sends at a fixed rate, whatever comes back. Whoever has not been answered when the time is up hangs up.</summary>
internal sealed class OpenLoop(RunningServer server, RequestSet requests)
{
    /// <summary>More waiting clients than any server here queues.</summary>
    private const int MostConnections = 6000;
    private readonly ConcurrentBag<HttpConnection> _idle = [];
    private readonly ConcurrentBag<OpenAnswer> _answers = [];
    private readonly ConcurrentDictionary<Task, byte> _open = [];
    private int _connections;

    public IReadOnlyCollection<OpenAnswer> Answers => _answers;

    public int Sent { get; private set; }

    /// <summary>Requests that were due while every connection was waiting.</summary>
    public int Unsent { get; private set; }

    /// <summary>Clients still waiting when the time was up.</summary>
    public int HungUp { get; private set; }

    public async Task RunAsync(double perSecond, TimeSpan time, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            var due = (int)(Stopwatch.GetElapsedTime(begin).TotalSeconds * perSecond) - Sent - Unsent;
            for (var i = 0; i < due; i++)
            {
                if (Take() is not { } connection)
                {
                    Unsent++;
                    continue;
                }

                var task = SendAsync(connection, requests.Requests[Sent++ % requests.Requests.Length], begin, end.Token);
                if (task.IsCompleted) continue;
                _open[task] = 0;
                _ = task.ContinueWith(t => _open.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            await Task.Delay(2, cancellation);
        }

        HungUp = _open.Count;
        await end.CancelAsync();
        await Task.WhenAll(_open.Keys);
        while (_idle.TryTake(out var connection)) connection.Dispose();
    }

    private async Task SendAsync(HttpConnection connection, byte[] request, long begin, CancellationToken end)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = await connection.SendAsync(request, end);
        var now = Stopwatch.GetTimestamp();
        if (!end.IsCancellationRequested) _answers.Add(new(answer, Stopwatch.GetElapsedTime(begin, now).TotalSeconds, now - start));
        _idle.Add(connection);
    }

    private HttpConnection? Take()
    {
        if (_idle.TryTake(out var connection)) return connection;
        return _connections++ < MostConnections ? new(server.Endpoint) : null;
    }
}
