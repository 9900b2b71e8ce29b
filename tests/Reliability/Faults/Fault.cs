using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>Something that happens to the platform while a load is held, and what its clients may see of it.</summary>
/// <param name="Name">As <c>--only</c> names it.</param>
/// <param name="Summary">What happens.</param>
/// <param name="HappenAsync">Hurts the platform and mends it again.</param>
internal sealed record Fault(string Name, string Summary, Func<FaultContext, Task> HappenAsync)
{
    /// <summary>What clients of the held load may see besides whole answers. Every other outcome is a lost request.</summary>
    public Allowance[] Allowed { get; init; } = [];

    /// <summary>How long it may take, once the platform is mended, until every gateway finds every model server ready.</summary>
    public TimeSpan RecoverWithin { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Why it cannot happen on this machine; null where it can.</summary>
    public Func<FaultCluster, string?> CannotHappen { get; init; } = _ => null;
}

/// <summary>An outcome that is no loss.</summary>
/// <param name="Most">How many requests may end so.</param>
internal sealed record Allowance(Outcome Outcome, int Most = int.MaxValue);
