using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>An autoscaler scales something that exists and has no number of its own, within bounds that make sense; what none scales has a number.</summary>
internal static class ScalingRule
{
    public static IEnumerable<string> Faults(Manifests manifests)
    {
        (string Scaler, string Target, int Least, int Most)[] scalers =
        [
            .. manifests.Of<V2HorizontalPodAutoscaler>().Select(h => (h.Metadata.Name, h.Spec.ScaleTargetRef.Name, h.Spec.MinReplicas ?? 1, h.Spec.MaxReplicas)),
            .. manifests.Of<Resource<ScaledObjectSpec>>().Select(s => (s.Metadata.Name, s.Spec.ScaleTargetRef.Name, s.Spec.MinReplicaCount ?? 0, s.Spec.MaxReplicaCount ?? 100)),
        ];
        foreach (var (scaler, target, least, most) in scalers)
        {
            if (!manifests.Has("Deployment", target)) yield return $"{scaler} scales {target}, which does not exist.";
            if (least > most) yield return $"{scaler} has no number between {least} and {most}.";
            if (scalers.Count(s => s.Target == target) > 1) yield return $"{target} is scaled twice.";
        }

        foreach (var autoscaler in manifests.Of<V2HorizontalPodAutoscaler>())
        {
            if (autoscaler.Spec.Metrics is null or []) yield return $"{autoscaler.Metadata.Name} looks at nothing.";
            if (autoscaler.Spec.MinReplicas is null or 0) yield return $"{autoscaler.Metadata.Name} cannot scale to nothing.";
        }

        foreach (var workload in manifests.Workloads)
        {
            var isScaled = scalers.Any(s => s.Target == workload.Name);
            if (isScaled && workload.Replicas is not null) yield return $"{workload.Name} is set back at each upgrade to a number that its autoscaler has left.";
            if (!isScaled && workload.Replicas is null) yield return $"{workload.Name} has neither a number nor an autoscaler.";
        }
    }
}
