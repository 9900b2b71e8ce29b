using System.Diagnostics;
using System.Text;
using Benchmarks.Systems;

namespace Benchmarks.Load;

/// <summary>Clients of one subject, spread over gateways, that ask again and again after a pause of random length; one whose gateway is gone goes to the next.</summary>
internal sealed class LimitClients(string name, string token, IReadOnlyList<RunningServer> gateways, long units, string? header = null)
{
    private const int Clients = 100, MostPauseMilliseconds = 2000;
    private const string Body = """{"text":"one of the funniest and most touching films of the year"}""";
    private long _refused, _failed;

    public string Name => name;

    public SpendLog Passed { get; } = new();

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Answers that were neither 200 nor 429.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public Task RunAsync(long begin, TimeSpan time, CancellationToken cancellation)
        => Task.WhenAll(Enumerable.Range(0, Clients).Select(i => RunAsync(new Random(i), i % gateways.Count, begin, time, cancellation)));

    private async Task RunAsync(Random random, int gateway, long begin, TimeSpan time, CancellationToken cancellation)
    {
        var connection = new HttpConnection(gateways[gateway].Endpoint);
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            await Task.Delay(random.Next(MostPauseMilliseconds), cancellation);
            var request = RequestSet.Post("/predict", gateways[gateway].Endpoint.ToString(), token, Encoding.UTF8.GetBytes(Body), header);
            var answer = await connection.SendAsync(request, cancellation);
            if (answer.Status == 200) Passed.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds, units);
            else if (answer.Status == 429) Interlocked.Increment(ref _refused);
            else Interlocked.Increment(ref _failed);
            if (!gateways[gateway].HasExited) continue;
            connection.Dispose();
            gateway = (gateway + 1) % gateways.Count;
            connection = new(gateways[gateway].Endpoint);
        }

        connection.Dispose();
    }
}
