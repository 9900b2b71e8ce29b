using System.Diagnostics;
using Benchmarks.Systems;

namespace Benchmarks.Load;

/// <summary>Clients that each send a request, wait for its answer and send the next.</summary>
internal static class ClosedLoop
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Answers that arrive between the end of the warm-up and the end of the measurement count.</summary>
    /// <param name="hangUp">Leave without the answers still due at the end; only before the server is stopped, as some would go on computing them.</param>
    public static async Task<Measurement> RunAsync(
        RunningServer server, RequestSet requests, int clients, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellation, bool hangUp = false)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (!hangUp) patience.CancelAfter(warmUp + measured + Patience);
        var from = Stopwatch.GetTimestamp() + Ticks(warmUp);
        var to = from + Ticks(measured);
        var loops = Enumerable.Range(0, clients).Select(i => new Client(server, requests, i, from, to)).ToArray();
        var running = loops.Select(l => l.RunAsync(patience.Token)).ToArray();

        await Task.Delay(warmUp, cancellation);
        var cpu = server.CpuSeconds();
        await Task.Delay(measured, cancellation);
        cpu = server.CpuSeconds() - cpu;
        var rss = server.ResidentMegabytes();
        if (hangUp) await patience.CancelAsync();
        await Task.WhenAll(running);

        List<long> latencies = [.. loops.SelectMany(l => l.Latencies)];
        var answers = latencies.Count;
        return new(
            answers / measured.TotalSeconds,
            loops.Sum(l => l.Tokens) / measured.TotalSeconds,
            Percentiles.Milliseconds(latencies, 0.50),
            Percentiles.Milliseconds(latencies, 0.99),
            loops.Sum(l => l.Errors),
            cpu,
            answers == 0 ? double.NaN : cpu * 1000 / answers,
            rss);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class Client(RunningServer server, RequestSet requests, int index, long from, long to)
    {
        /// <summary>Apart by a prime, so that no two clients ask the same at once.</summary>
        private int _next = index * 7919;

        public List<long> Latencies { get; } = [];

        public long Tokens { get; private set; }

        public long Errors { get; private set; }

        public async Task RunAsync(CancellationToken cancellation)
        {
            using var connection = new HttpConnection(server.Endpoint);
            for (long start; (start = Stopwatch.GetTimestamp()) < to && !cancellation.IsCancellationRequested;)
            {
                var i = _next++ % requests.Requests.Length;
                var answer = await connection.SendAsync(requests.Requests[i], cancellation);
                var now = Stopwatch.GetTimestamp();
                if (cancellation.IsCancellationRequested) break;
                if (answer.Status != 200)
                {
                    Errors++;
                    await Task.Delay(10, CancellationToken.None);
                }
                else if (now >= from && now < to)
                {
                    Latencies.Add(now - start);
                    Tokens += requests.Tokens[i];
                }
            }
        }
    }
}
