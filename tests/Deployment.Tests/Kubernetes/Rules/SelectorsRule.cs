using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Selectors, which can never change, select what they are for and nothing else.</summary>
internal static class SelectorsRule
{
    // Other at each upgrade.
    private static readonly string[] Changing = ["app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"];

    public static IEnumerable<string> Faults(Manifests manifests)
    {
        foreach (var workload in manifests.Workloads)
        {
            if (workload.Selector is null or { Count: 0 } || !workload.IsSelectedBy(workload.Selector)) yield return $"{workload.Name} does not select its own pods.";
            foreach (var other in manifests.Workloads.Where(o => o.Name != workload.Name && o.IsSelectedBy(workload.Selector))) yield return $"{workload.Name} selects the pods of {other.Name}.";
            foreach (var label in Changing.Where(l => workload.Selector?.ContainsKey(l) == true || workload.Labels.ContainsKey(l))) yield return $"{workload.Name} selects by {label}, which changes, or starts pods anew for it.";
            foreach (var spread in workload.Pod.TopologySpreadConstraints ?? [])
                if (!workload.IsSelectedBy(spread.LabelSelector?.MatchLabels)) yield return $"{workload.Name} spreads over {spread.TopologyKey} what are not its pods.";
        }

        foreach (var service in manifests.Of<V1Service>())
        {
            Workload[] behind = [.. manifests.Workloads.Where(w => w.IsSelectedBy(service.Spec.Selector))];
            if (behind is []) yield return $"the service {service.Metadata.Name} selects nothing.";
            if (behind.Select(w => w.Labels["app.kubernetes.io/component"]).Distinct().Count() > 1) yield return $"the service {service.Metadata.Name} selects several components.";
            foreach (var port in service.Spec.Ports)
            {
                foreach (var workload in behind.Where(w => !w.Pod.Containers.Any(c => ProbesRule.HasPort(c, port.TargetPort.Value))))
                    yield return $"the service {service.Metadata.Name} sends to the port {port.TargetPort.Value}, which {workload.Name} has not.";
            }
        }

        foreach (var monitor in manifests.All.Where(m => m.Content is Resource<ServiceMonitorSpec>))
        {
            var spec = ((Resource<ServiceMonitorSpec>)monitor.Content).Spec;
            V1Service[] scraped = [.. manifests.Of<V1Service>().Where(s => spec.Selector.MatchLabels.All(l => s.Metadata.Labels.TryGetValue(l.Key, out var value) && value == l.Value))];
            if (scraped.Length != 1) yield return $"the monitor {monitor.Name} selects {scraped.Length} services.";
            foreach (var endpoint in spec.Endpoints.Where(e => scraped.Any(s => s.Spec.Ports.All(p => p.Name != e.Port)))) yield return $"the monitor {monitor.Name} scrapes the port {endpoint.Port}, which is none.";
        }
    }
}
