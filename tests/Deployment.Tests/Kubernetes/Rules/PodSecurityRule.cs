using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Kubernetes' Pod Security Standard `restricted`, and what the platform asks for beyond it: a read-only root and no token of the API server.</summary>
internal static class PodSecurityRule
{
    public static IEnumerable<string> Faults(Manifests manifests) => manifests.Workloads.SelectMany(w => OfPod(w.Pod, manifests).Concat(w.AllContainers.SelectMany(OfContainer)).Select(f => $"{w.Name}: {f}"));

    private static IEnumerable<string> OfPod(V1PodSpec pod, Manifests manifests)
    {
        var security = pod.SecurityContext;
        if (security?.RunAsNonRoot != true) yield return "runAsNonRoot is not true.";
        if (security?.RunAsUser == 0) yield return "it runs as root.";
        if (security?.SeccompProfile?.Type is not ("RuntimeDefault" or "Localhost")) yield return "there is no seccomp profile.";
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true) yield return "it uses a namespace of the host.";
        if (pod.AutomountServiceAccountToken != false) yield return "it mounts a token of the API server.";
        if (manifests.Of<V1ServiceAccount>().FirstOrDefault(a => a.Metadata.Name == pod.ServiceAccountName)?.AutomountServiceAccountToken != false)
            yield return $"its service account {pod.ServiceAccountName} does not exist or gives out tokens.";
        foreach (var volume in pod.Volumes ?? [])
        {
            if ((volume.ConfigMap, volume.Secret, volume.EmptyDir, volume.PersistentVolumeClaim, volume.Projected, volume.Csi, volume.Image) is (null, null, null, null, null, null, null))
                yield return $"the volume {volume.Name} is of a kind that is not allowed.";
        }
    }

    private static IEnumerable<string> OfContainer(V1Container container)
    {
        var security = container.SecurityContext;
        if (security?.AllowPrivilegeEscalation != false) yield return $"{container.Name} may gain privileges.";
        if (security?.ReadOnlyRootFilesystem != true) yield return $"{container.Name} can write its root file system.";
        if (security?.Privileged == true) yield return $"{container.Name} is privileged.";
        if (security?.RunAsUser == 0 || security?.RunAsNonRoot == false) yield return $"{container.Name} runs as root.";
        if (security?.Capabilities?.Drop?.Contains("ALL") != true || security.Capabilities.Add?.Count > 0) yield return $"{container.Name} keeps capabilities.";
        if (container.Ports?.Any(p => p.HostPort is > 0) == true) yield return $"{container.Name} takes a port of the host.";
    }
}
