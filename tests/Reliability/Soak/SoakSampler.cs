using System.Diagnostics;
using Reliability.Cluster;
using StackExchange.Redis;

namespace Reliability.Soak;

/// <summary>Looks at every process of a cluster every few seconds.</summary>
internal sealed class SoakSampler(FaultCluster cluster, TimeSpan interval)
{
    private readonly Dictionary<(string Process, string Figure), SoakSeries> _series = [];
    private readonly long _begin = Stopwatch.GetTimestamp();

    public IReadOnlyCollection<SoakSeries> Series => _series.Values;

    public async Task RunAsync(CancellationToken end)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do await SampleAsync(end);
            while (await timer.WaitForNextTickAsync(end));
        }
        catch (OperationCanceledException)
        {
            // The soak is over.
        }
    }

    private async Task SampleAsync(CancellationToken cancellation)
    {
        foreach (var service in cluster.Services) SampleProcess(service);
        foreach (var replica in cluster.Replicas)
        {
            if (await cluster.Client.HeapAsync(replica.Port, cancellation) is { } heap) Add(replica.Name, "heap", heap / 1e6);
            if (await cluster.Client.MetricsAsync(replica.Port, cancellation) is not { Length: > 0 } metrics) continue;
            Add(replica.Name, "kv rows", MetricValues.Sum(metrics, "generation_active_rows"));
            Add(replica.Name, "queue", MetricValues.Sum(metrics, "model_queue_sequences"));
        }

        // While it is away there is nothing to add.
        if (await cluster.Redis.AskAsync(server => server.DatabaseSizeAsync()) is { } keys) Add("redis", "redis keys", keys);
        if (await cluster.Redis.AskAsync(UsedMemoryAsync) is { } used and > 0) Add("redis", "redis memory", used / 1e6);
    }

    private void SampleProcess(ServiceInstance service)
    {
        if (ProcessFigures.Read(service.Id) is not { } figures) return;
        Add(service.Name, "rss", figures.Rss);
        Add(service.Name, "anonymous", figures.Anonymous);
        Add(service.Name, "handles", figures.Handles);
        Add(service.Name, "threads", figures.Threads);
    }

    /// <returns>0 where the server does not say.</returns>
    private static async Task<double> UsedMemoryAsync(IServer server)
    {
        var fields = (await server.InfoAsync("memory")).SelectMany(section => section);
        return fields.Where(f => f.Key == "used_memory").Select(f => double.TryParse(f.Value, out var bytes) ? bytes : 0).FirstOrDefault();
    }

    private void Add(string process, string figure, double value)
    {
        if (!_series.TryGetValue((process, figure), out var series)) _series[(process, figure)] = series = new(process, SoakLimit.All.Single(l => l.Figure == figure));
        series.Add(Stopwatch.GetElapsedTime(_begin), value);
    }
}
