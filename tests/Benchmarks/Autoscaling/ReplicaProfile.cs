namespace Benchmarks.Autoscaling;

/// <summary>What one model server can do. All times in seconds.</summary>
/// <param name="Workers">Requests it works on at a time; the others wait in its queue.</param>
/// <param name="ServiceTime">Draws how long a worker takes for a request.</param>
/// <param name="MeanServiceTime">The mean of <paramref name="ServiceTime"/>.</param>
/// <param name="QueueLimit">Requests that may wait; more are refused.</param>
/// <param name="StartTime">From the decision to start it until the gateway sends it requests: scheduling, start of the process, loading, probes.</param>
internal sealed record ReplicaProfile(string Name, int Workers, Func<Random, double> ServiceTime, double MeanServiceTime, int QueueLimit, double StartTime)
{
    /// <summary>How long it may finish what it has once it is told to stop; what then still runs is cut.</summary>
    public double DrainTime { get; init; } = 30;

    /// <summary>The share of its CPU limit that so many busy workers use.</summary>
    public Func<int, double> Cpu { get; init; } = busy => (double)busy / Workers;

    /// <summary>The mean number of requests in flight when it is as busy as it should be.</summary>
    public double InFlightTarget { get; init; } = Workers;

    /// <summary>Requests a second with all workers busy.</summary>
    public double Capacity => Workers / MeanServiceTime;

    /// <summary>An encoder: each worker takes a request by itself and a core with it. With few workers as many requests as those are in flight at 70 % use: some
    /// wait while, at other times, a worker is idle.</summary>
    /// <param name="variation">The standard deviation of the service time over its mean.</param>
    public static ReplicaProfile Encoder(int workers, double meanServiceTime, double variation, double startTime)
        => new("encoder", workers, random => Draws.LogNormal(random, meanServiceTime, variation), meanServiceTime, QueueLimit: (int)(10 * workers / meanServiceTime), startTime);

    /// <summary>A generator: requests share steps of the engine, which keeps all cores busy as soon as there is one. With many rows hardly any request waits
    /// at 70 % use.</summary>
    /// <param name="rows">Requests in a step.</param>
    public static ReplicaProfile Generator(int rows, double meanServiceTime, double variation, double startTime)
        => new("generator", rows, random => Draws.LogNormal(random, meanServiceTime, variation), meanServiceTime, QueueLimit: 4 * rows, startTime) { Cpu = busy => busy > 0 ? 1 : 0, InFlightTarget = 0.7 * rows };
}
