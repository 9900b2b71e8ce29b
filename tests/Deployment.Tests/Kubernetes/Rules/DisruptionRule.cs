using System.Globalization;
using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>A budget is about the pods of one workload and always lets one of them be evicted, so that nodes can be drained. An update never stops for itself.</summary>
internal static class DisruptionRule
{
    public static IEnumerable<string> Faults(Manifests manifests)
    {
        foreach (var budget in manifests.Of<V1PodDisruptionBudget>())
        {
            var name = budget.Metadata.Name;
            var covered = manifests.Workloads.Count(w => w.IsSelectedBy(budget.Spec.Selector?.MatchLabels));
            if (covered != 1) yield return $"the budget {name} covers {covered} workloads.";
            // A least number that must be there keeps the last of them from being evicted.
            if (budget.Spec.MinAvailable is not null || !IsPositive(budget.Spec.MaxUnavailable?.Value)) yield return $"the budget {name} may allow no eviction.";
            if (budget.Spec.UnhealthyPodEvictionPolicy != "AlwaysAllow") yield return $"the budget {name} keeps pods that do not work.";
        }

        foreach (var update in manifests.Of<V1Deployment>().Select(d => (d.Metadata.Name, d.Spec.Strategy?.RollingUpdate)))
            if (update.RollingUpdate is null || !(IsPositive(update.RollingUpdate.MaxSurge?.Value) || IsPositive(update.RollingUpdate.MaxUnavailable?.Value))) yield return $"{update.Name} can never be updated.";
    }

    private static bool IsPositive(string? share) => share is not null && int.Parse(share.TrimEnd('%'), CultureInfo.InvariantCulture) > 0;
}
