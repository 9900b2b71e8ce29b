using System.Diagnostics;
using Reliability.Cluster;
using Reliability.Load;
using Reliability.Reports;
using StackExchange.Redis;

namespace Reliability.Soak;

/// <summary>Mixed traffic through a gateway and two model servers for a long time: nothing may grow, and at the end nothing may be left.</summary>
internal sealed class SoakRun(ReliabilityOptions options)
{
    private const int Replicas = 2, Gateways = 1, Clients = 16;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(2), LongestInterval = TimeSpan.FromSeconds(5);

    /// <summary>Redis and the servers' own memory for results are full, and give up as much as they take, before the second part of a soak begins. With the 64 MB that is
    /// the default the latter would still fill after half an hour, which looks like a leak.</summary>
    private static readonly Dictionary<string, string> Settings = new() { ["Cache__TimeToLive"] = "00:00:10", ["Cache__MemoryBytes"] = "1048576" };

    public async Task<SoakReport> RunAsync(CancellationToken cancellation)
    {
        var report = new SoakReport(options.Seed, options.SoakTime, Clients, RedisInstance.Program);
        Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} soak of {options.SoakTime.TotalMinutes:0.#} minutes");
        {
            await using var cluster = await FaultCluster.StartAsync(new(Replicas, Gateways, Path.Combine(options.Out, "soak"), Settings), cancellation);
            var subscriptions = await SubscriptionsAsync(cluster);
            var routes = SoakTraffic.Routes(await HasRerankerAsync(cluster, cancellation));
            var traffic = new SoakTraffic(options.Seed, routes);
            await using var load = new TrafficLoad(cluster, Clients, traffic.Next) { Phase = 0 };
            var sampler = new SoakSampler(cluster, TimeSpan.FromTicks(Math.Clamp(options.SoakTime.Ticks / 200, ShortestInterval.Ticks, LongestInterval.Ticks)));
            var events = new SoakEvents(cluster, load, options.Seed, options.SoakTime);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            end.CancelAfter(options.SoakTime);
            var begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(sampler.RunAsync(end.Token), events.RunAsync(end.Token));
            cancellation.ThrowIfCancellationRequested();
            report.Seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            await load.Gate.CloseAsync(cancellation);
            report.Take(sampler.Series, load.Answers, routes, events);
            await CheckEndAsync(cluster, subscriptions, report, cancellation);
        }

        report.Unforeseen.AddRange(ServiceLogs.Find(Benchmarks.BenchmarkPaths.Logs));
        return report;
    }

    private static async Task CheckEndAsync(FaultCluster cluster, long? subscriptions, SoakReport report, CancellationToken cancellation)
    {
        try
        {
            await cluster.HealthyAsync(TimeSpan.FromMinutes(1), cancellation);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            report.Violations.Add(e.Message);
            return;
        }

        if (await IdleCheck.WaitAsync(cluster, cancellation) is { } left) report.Violations.Add($"idle at the end, and yet {left}");
        var after = await SubscriptionsAsync(cluster);
        report.Subscriptions = (subscriptions, after);
        if (subscriptions is not null && after > subscriptions) report.Violations.Add($"{after} subscriptions in Redis, {subscriptions} at the start");
        foreach (var service in cluster.Services)
        {
            if (ProcessFigures.Read(service.Id) is { } figures) report.End[service.Name] = figures;
        }
    }

    /// <summary>How many subscribers all channels have together; null where the server cannot say.</summary>
    private static async Task<long?> SubscriptionsAsync(FaultCluster cluster)
    {
        try
        {
            return await cluster.Redis.AskAsync<long>(async server =>
            {
                var sum = 0L;
                foreach (var channel in await server.SubscriptionChannelsAsync()) sum += await server.SubscriptionSubscriberCountAsync(channel);
                return sum;
            });
        }
        catch (RedisCommandException)
        {
            return null;
        }
    }

    private static async Task<bool> HasRerankerAsync(FaultCluster cluster, CancellationToken cancellation)
        => (await cluster.Client.TryAsync(HttpMethod.Get, cluster.Gateways[0].Port, "/v1/models", null, cancellation)).Body.Contains("text-ranking", StringComparison.Ordinal);
}
