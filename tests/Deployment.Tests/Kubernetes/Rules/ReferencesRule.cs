using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>What is named exists: volumes, ConfigMaps and Secrets that the chart makes, services behind routes, the name that the gateway finds model servers by.</summary>
internal static class ReferencesRule
{
    private const string Prefix = "platform-";

    public static IEnumerable<string> Faults(Manifests manifests)
    {
        foreach (var workload in manifests.Workloads)
        {
            var volumes = (workload.Pod.Volumes ?? []).Select(v => v.Name).Concat(ClaimsOf(workload, manifests)).ToHashSet();
            foreach (var container in workload.AllContainers)
            {
                foreach (var mount in (container.VolumeMounts ?? []).Where(m => !volumes.Contains(m.Name))) yield return $"{workload.Name}: {container.Name} mounts {mount.Name}, which does not exist.";
            }

            foreach (var volume in volumes.Except(workload.AllContainers.SelectMany(c => c.VolumeMounts ?? []).Select(m => m.Name))) yield return $"{workload.Name}: nothing mounts {volume}.";
            foreach (var map in (workload.Pod.Volumes ?? []).Select(v => v.ConfigMap?.Name).OfType<string>().Where(n => !manifests.Has("ConfigMap", n))) yield return $"{workload.Name}: there is no ConfigMap {map}.";
            // Another name is that of a Secret which its user makes.
            if (manifests.Of<V1Secret>().Any())
            {
                foreach (var secret in (workload.Pod.Volumes ?? []).Select(v => v.Secret?.SecretName).OfType<string>().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && !manifests.Has("Secret", n)))
                    yield return $"{workload.Name}: there is no Secret {secret}.";
            }

            foreach (var dns in workload.Pod.Containers.SelectMany(c => c.Env ?? []).Where(e => e.Name == "Replicas__Dns").Select(e => new Uri(e.Value)))
            {
                if (manifests.Of<V1Service>().FirstOrDefault(s => s.Metadata.Name == dns.Host) is not { Spec.ClusterIP: "None" } service) yield return $"{workload.Name}: {dns.Host} is no headless service.";
                else if (service.Spec.Ports.All(p => p.Port != dns.Port || p.TargetPort.Value != "http2")) yield return $"{workload.Name}: model servers do not speak HTTP/2 on {dns.Port}.";
            }
        }

        foreach (var route in manifests.Of<V1Ingress>())
        {
            foreach (var backend in route.Spec.Rules.SelectMany(r => r.Http.Paths).Select(p => p.Backend.Service))
                if (!IsServed(manifests, backend.Name, p => p.Name == backend.Port.Name)) yield return $"the Ingress {route.Metadata.Name} leads nowhere.";
        }

        foreach (var route in manifests.Of<Resource<HttpRouteSpec>>())
        {
            foreach (var backend in route.Spec.Rules.SelectMany(r => r.BackendRefs))
                if (!IsServed(manifests, backend.Name, p => p.Port == backend.Port)) yield return $"the HTTPRoute {route.Metadata.Name} leads nowhere.";
        }
    }

    private static bool IsServed(Manifests manifests, string name, Func<V1ServicePort, bool> port) => manifests.Of<V1Service>().Any(s => s.Metadata.Name == name && s.Spec.Ports.Any(port));

    private static IEnumerable<string> ClaimsOf(Workload workload, Manifests manifests)
        => manifests.Of<V1StatefulSet>().Where(s => s.Metadata.Name == workload.Name).SelectMany(s => s.Spec.VolumeClaimTemplates ?? []).Select(c => c.Metadata.Name);
}
