using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Every container says what it needs and what it may take, processors and memory; devices are asked for as they are limited.</summary>
internal static class ResourcesRule
{
    public static IEnumerable<string> Faults(Manifests manifests)
        => manifests.Workloads.SelectMany(w => w.AllContainers.SelectMany(OfContainer).Select(f => $"{w.Name}: {f}"));

    private static IEnumerable<string> OfContainer(V1Container container)
    {
        foreach (var resource in new[] { "cpu", "memory" })
        {
            var requested = Find(container.Resources?.Requests, resource);
            var limit = Find(container.Resources?.Limits, resource);
            if (requested is null) yield return $"{container.Name} requests no {resource}.";
            if (limit is null) yield return $"{container.Name} has no limit of {resource}.";
            if (requested > limit) yield return $"{container.Name} requests more {resource} than it may take.";
        }

        foreach (var (device, limit) in (container.Resources?.Limits ?? new Dictionary<string, ResourceQuantity>()).Where(l => l.Key.Contains('/', StringComparison.Ordinal)))
            if (Find(container.Resources!.Requests, device) != limit.ToDecimal()) yield return $"{container.Name} requests other {device} than it may take.";
    }

    private static decimal? Find(IDictionary<string, ResourceQuantity>? quantities, string name)
        => quantities is not null && quantities.TryGetValue(name, out var quantity) && quantity.ToDecimal() > 0 ? quantity.ToDecimal() : null;
}
