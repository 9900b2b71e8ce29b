namespace Reliability.Faults;

/// <summary>Every fault, in the order of the README.</summary>
internal static class FaultCatalog
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("calm", "nothing happens", context => context.WaitAsync(5)),
        .. ReplicaFaults.All,
        .. GatewayFaults.All,
        .. NetworkFaults.All,
        .. RedisFaults.All,
        .. ClientFaults.All,
        .. RolloutFaults.All,
        .. MachineFaults.All,
    ];
}
