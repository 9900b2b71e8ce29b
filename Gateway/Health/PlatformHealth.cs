namespace Gateway.Health;

/// <summary>The health of the platform, summed up from the last health reports of its model servers.</summary>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> (some model servers are not healthy), <c>starting</c> or <c>unhealthy</c>.</param>
/// <param name="ModelLoaded">Whether any model server has a model loaded.</param>
/// <param name="GpuAvailable">Whether any model server computes on a GPU.</param>
/// <param name="MemoryUsage">Memory of all model servers together.</param>
/// <param name="Replicas">How many model servers are healthy.</param>
public sealed record PlatformHealth(string Status, bool ModelLoaded, bool GpuAvailable, MemoryUsage MemoryUsage, ReplicaCounts Replicas)
{
    private const string Degraded = "degraded";

    internal bool CanServe => Replicas.Healthy > 0;

    internal static PlatformHealth Of(IReadOnlyCollection<ReplicaHealth> replicas)
    {
        var healthy = replicas.Count(r => r.Status == ReplicaHealth.Healthy);
        var status = healthy > 0 ? healthy == replicas.Count ? ReplicaHealth.Healthy : Degraded
            : replicas.Any(r => r.Status == ReplicaHealth.Starting) ? ReplicaHealth.Starting
            : ReplicaHealth.Unhealthy;
        var memory = replicas.Select(r => r.MemoryUsage).OfType<MemoryUsage>().ToArray();
        var gpu = memory.Any(m => m.GpuBytes is not null) ? memory.Sum(m => m.GpuBytes) : null;
        return new(
            status,
            replicas.Any(r => r.ModelLoaded),
            replicas.Any(r => r.GpuAvailable),
            new(memory.Sum(m => m.ProcessBytes), memory.Sum(m => m.ManagedBytes), gpu),
            new(healthy, replicas.Count));
    }
}

/// <summary>The numbers of healthy model servers and of all.</summary>
public sealed record ReplicaCounts(int Healthy, int Total);
