using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Where there are network policies they deny every pod what they do not allow. Model servers hear the gateway alone, Redis the two services alone; a
/// scraper may reach what serves metrics.</summary>
internal static class NetworkRule
{
    private const string Component = "app.kubernetes.io/component", Gateway = "gateway", ModelServer = "modelserver", Redis = "redis";

    public static IEnumerable<string> Faults(Manifests manifests)
    {
        V1NetworkPolicy[] policies = [.. manifests.Of<V1NetworkPolicy>()];
        if (policies is []) yield break;
        foreach (var workload in manifests.Workloads)
        {
            V1NetworkPolicy[] own = [.. policies.Where(p => workload.IsSelectedBy(p.Spec.PodSelector?.MatchLabels))];
            foreach (var way in new[] { "Ingress", "Egress" })
                if (!own.Any(p => p.Spec.PolicyTypes?.Contains(way) == true)) yield return $"{workload.Name}: {way} is not restricted.";
            if (!own.Any(IsDenial)) yield return $"{workload.Name}: no policy denies what the others leave open.";

            var component = workload.Labels[Component];
            foreach (var rule in own.SelectMany(p => p.Spec.Ingress ?? []))
            {
                if (rule.Ports is null or [] || rule.Ports.Any(p => !workload.Pod.Containers.Any(c => ProbesRule.HasPort(c, p.Port.Value)))) yield return $"{workload.Name}: a rule opens ports that it has not.";
                if (component != Gateway && rule.FromProperty is null or []) yield return $"{workload.Name}: everybody may come in.";
                if (component == Redis && rule.FromProperty?.All(f => ComponentOf(f) is Gateway or ModelServer) != true) yield return $"{workload.Name}: others than the two services may come in.";
                if (component == ModelServer && rule.Ports?.Any(p => p.Port.Value == "8081") == true && rule.FromProperty?.All(f => ComponentOf(f) == Gateway) != true) yield return $"{workload.Name}: others than the gateway may ask it.";
            }

            foreach (var to in Needed(component, manifests))
            {
                if (!own.SelectMany(p => p.Spec.Egress ?? []).Any(r => r.To is null or [] || r.To.Any(t => ComponentOf(t) == to))) yield return $"{workload.Name}: it cannot reach {to}.";
                if (!manifests.Workloads.Where(w => w.Labels[Component] == to).All(w => policies.Where(p => w.IsSelectedBy(p.Spec.PodSelector?.MatchLabels)).SelectMany(p => p.Spec.Ingress ?? [])
                        .Any(r => r.FromProperty?.Any(f => workload.IsSelectedBy(f.PodSelector?.MatchLabels)) == true))) yield return $"{workload.Name}: {to} does not let it in.";
            }
        }
    }

    private static bool IsDenial(V1NetworkPolicy policy) => policy.Spec.Ingress is null or [] && policy.Spec.Egress is null or [] && policy.Spec.PolicyTypes is { Count: 2 };

    private static string? ComponentOf(V1NetworkPolicyPeer peer) => peer.NamespaceSelector is null && peer.IpBlock is null ? peer.PodSelector?.MatchLabels?.GetValueOrDefault(Component) : null;

    private static IEnumerable<string> Needed(string component, Manifests manifests)
    {
        if (component == Gateway) yield return ModelServer;
        if (component is Gateway or ModelServer && manifests.Workloads.Any(w => w.Labels[Component] == Redis)) yield return Redis;
    }

    private static string? GetValueOrDefault(this IDictionary<string, string> labels, string name) => labels.TryGetValue(name, out var value) ? value : null;
}
