using System.Diagnostics;
using Benchmarks.Load;
using Reliability.Cluster;
using Reliability.Load;
using Reliability.Reports;

namespace Reliability.Faults;

/// <summary>Holds a load while one fault after the other happens, and checks after each that nothing is left of it.</summary>
internal sealed class FaultRun(ReliabilityOptions options)
{
    /// <summary>Clients of the held load: enough to keep the platform busy on a small machine.</summary>
    public const int Clients = 24;

    private const int Replicas = 3, Gateways = 2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5), Settle = TimeSpan.FromSeconds(1);

    public async Task<FaultReport> RunAsync(CancellationToken cancellation)
    {
        Fault[] faults = [.. FaultCatalog.All.Where(f => options.Includes(f.Name))];
        var report = new FaultReport(options.Seed, Clients, RedisInstance.Program);
        var folder = Path.Combine(options.Out, "faults");
        var begin = Stopwatch.GetTimestamp();
        {
            await using var cluster = await FaultCluster.StartAsync(new(Replicas, Gateways, folder), cancellation);
            await using var load = TrafficLoad.Hold(cluster, Clients, options.Seed);
            await Task.Delay(WarmUp, cancellation);
            var retries = new RetryCounts(cluster);
            for (var pass = 0; ; pass++)
            {
                foreach (var fault in FaultSchedule.Order(faults, options.Seed, pass))
                {
                    if (options.FaultTime is { } limit && Stopwatch.GetElapsedTime(begin) > limit && (pass > 0 || report.Results.Count > 0))
                    {
                        if (pass == 0) report.NotReached.Add(fault.Name);
                        continue;
                    }

                    var result = await RunAsync(fault, pass, cluster, load, retries, cancellation);
                    report.Results.Add(result);
                    Console.Error.WriteLine($"{DateTime.Now:HH:mm:ss} {result.Fault}: {string.Join("; ", [result.Verdict, .. result.Faults()])}");
                }

                if (options.FaultTime is not { } whole || Stopwatch.GetElapsedTime(begin) > whole) break;
            }
        }

        report.Unforeseen.AddRange(ServiceLogs.Find(Benchmarks.BenchmarkPaths.Logs));
        report.Minutes = Stopwatch.GetElapsedTime(begin).TotalMinutes;
        return report;
    }

    private async Task<FaultResult> RunAsync(Fault fault, int pass, FaultCluster cluster, TrafficLoad load, RetryCounts retries, CancellationToken cancellation)
    {
        if (fault.CannotHappen(cluster) is { } reason) return FaultResult.Skip(fault, pass, reason);
        await retries.TakeAsync(cancellation);
        load.Phase++;
        var (phase, start) = (load.Phase, Stopwatch.GetTimestamp());
        var context = new FaultContext(cluster, load, FaultSchedule.Of(fault, options.Seed, pass), cancellation);
        // 1. It happens, and all becomes well again.
        var recovery = double.NaN;
        try
        {
            await fault.HappenAsync(context);
            context.SinceMended();
            await cluster.HealthyAsync(TimeSpan.FromMinutes(2), cancellation);
            recovery = context.SinceMended().TotalSeconds;
            context.Require(recovery <= fault.RecoverWithin.TotalSeconds, $"recovery took {recovery:0.0} s, more than {fault.RecoverWithin.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            context.Require(false, e.Message);
            await MendAsync(cluster, cancellation);
        }

        // 2. The load goes on for a moment, and nothing may fail any more.
        await Task.Delay(Settle, cancellation);
        var made = await retries.TakeAsync(cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // 3. It pauses: nothing may be left of what has ended.
        await load.Gate.CloseAsync(cancellation);
        if (await IdleCheck.WaitAsync(cluster, cancellation) is { } left) context.Require(false, $"idle, and yet {left}");
        load.Gate.Open();

        Answer[] answers = [.. load.Answers.Where(a => a.Phase == phase)];
        foreach (var silent in FaultVerdict.Silent(TrafficRequest.Held, answers)) context.Require(false, silent);
        return new(
            fault.Name, fault.Summary, pass, null, answers.Length / seconds, answers.CountBy(a => a.Outcome).ToDictionary(), Percentiles.Milliseconds([.. answers.Where(a => a.Outcome == Outcome.Answered).Select(a => a.Ticks)], 1),
            made, recovery, FaultVerdict.Lost(fault.Allowed, answers), context.Violations, context.Notes);
    }

    /// <summary>After a fault that could not be carried out to its end: whatever is down comes back, so that the next one finds what it needs.</summary>
    private static async Task MendAsync(FaultCluster cluster, CancellationToken cancellation)
    {
        cluster.RedisProxy.Fault = cluster.ReplicaProxy.Fault = NetworkFault.None;
        cluster.Disk.Free();
        await cluster.Authority.StopAsync();
        await cluster.Authority.StartAsync();
        if (cluster.Redis.Instance.HasEnded) await cluster.Redis.StartAsync(cancellation);
        foreach (var service in cluster.Services.Where(s => s.HasEnded)) service.Start();
        try
        {
            await cluster.HealthyAsync(TimeSpan.FromMinutes(2), cancellation);
        }
        catch (TimeoutException)
        {
            // The next fault's recovery will say so.
        }
    }
}
