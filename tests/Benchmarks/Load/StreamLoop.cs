using System.Collections.Concurrent;
using System.Diagnostics;
using Benchmarks.Systems;

namespace Benchmarks.Load;

/// <summary>Clients that each read one stream after the other; and, beside them, requests that arrive at a fixed pace.</summary>
internal sealed class StreamLoop(RunningServer server, TimeSpan warmUp, TimeSpan measured)
{
    private readonly long _from = Stopwatch.GetTimestamp() + Ticks(warmUp);
    private readonly ConcurrentBag<Task<(StreamedAnswer Answer, int Tokens)>> _arrived = [];

    private long To => _from + Ticks(measured);

    /// <summary>Tokens that come between the end of the warm-up and the end of the measurement count. Who still reads then hangs up.</summary>
    /// <param name="arriving">What arrives beside the streams: the first tokens are then theirs, the gaps those of the streams they arrive beside.</param>
    /// <param name="pace">Between two arrivals.</param>
    public async Task<StreamMeasurement> RunAsync(StreamRequests requests, int streams, CancellationToken cancellation, StreamRequests? arriving = null, TimeSpan pace = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var clients = Enumerable.Range(0, streams).Select(i => new Client(server, requests, i)).ToArray();
        List<Task> running = [.. clients.Select(c => c.RunAsync(end.Token))];
        if (arriving is not null) running.Add(ArriveAsync(arriving, pace, end.Token));

        await Task.Delay(warmUp, cancellation);
        var cpu = server.CpuSeconds();
        await Task.Delay(measured, cancellation);
        cpu = server.CpuSeconds() - cpu;
        var rss = server.ResidentMegabytes();
        await end.CancelAsync();
        await Task.WhenAll(running);

        List<(StreamedAnswer Answer, int Tokens)> answers = [.. clients.SelectMany(c => c.Answers)], arrived = [.. await Task.WhenAll(_arrived)];
        List<long> first = [.. (arriving is null ? answers : arrived).Where(a => a.Answer.Times is [var t, ..] && Counts(t)).Select(a => a.Answer.Times[0] - a.Answer.Start)];
        List<long> gaps = [.. answers.SelectMany(a => Gaps(a.Answer.Times))];
        var tokens = answers.Concat(arrived).Sum(a => Tokens(a.Answer, a.Tokens));
        return StreamMeasurement.Of(tokens / measured.TotalSeconds, first, gaps) with
        {
            Errors = clients.Sum(c => c.Errors),
            CpuPerThousand = tokens == 0 ? double.NaN : cpu * 1000 / tokens,
            Rss = rss,
        };
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private bool Counts(long time) => time >= _from && time < To;

    private IEnumerable<long> Gaps(List<long> times)
    {
        for (var i = 1; i < times.Count; i++)
            if (Counts(times[i])) yield return times[i] - times[i - 1];
    }

    /// <summary>A token without text of its own has no event.</summary>
    private double Tokens(StreamedAnswer answer, int wanted)
    {
        var events = answer.Times.Count(Counts);
        return answer.IsComplete ? (double)events * wanted / answer.Times.Count : events;
    }

    private async Task ArriveAsync(StreamRequests requests, TimeSpan pace, CancellationToken end)
    {
        using var timer = new PeriodicTimer(pace);
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(end); i++) _arrived.Add(SendAsync(requests, i % requests.Requests.Length, end));
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task<(StreamedAnswer Answer, int Tokens)> SendAsync(StreamRequests requests, int index, CancellationToken end)
    {
        using var connection = new StreamConnection(server.Endpoint);
        return (await connection.SendAsync(requests.Requests[index], end), requests.Tokens[index]);
    }

    private sealed class Client(RunningServer server, StreamRequests requests, int index)
    {
        /// <summary>Apart by a prime, so that no two clients ask the same at once.</summary>
        private int _next = index * 7919;

        public List<(StreamedAnswer Answer, int Tokens)> Answers { get; } = [];

        public long Errors { get; private set; }

        public async Task RunAsync(CancellationToken end)
        {
            using var connection = new StreamConnection(server.Endpoint);
            while (!end.IsCancellationRequested)
            {
                var i = _next++ % requests.Requests.Length;
                var answer = await connection.SendAsync(requests.Requests[i], end);
                Answers.Add((answer, requests.Tokens[i]));
                if (answer.IsComplete || end.IsCancellationRequested) continue;
                Errors++;
                await Task.Delay(10, CancellationToken.None);
            }
        }
    }
}
