using System.Text;
using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Secrets are in Secrets and reach a container as files: never by its environment, where child processes, dumps and `describe` show them.</summary>
internal static class SecretsRule
{
    // Of the values that tests render with.
    private const string Tested = "tested-";

    public static IEnumerable<string> Faults(Manifests manifests)
    {
        foreach (var manifest in manifests.All.Where(m => m.Content is not V1Secret && m.Text.Contains(Tested, StringComparison.Ordinal))) yield return $"{manifest.Kind} {manifest.Name} shows a secret.";
        foreach (var workload in manifests.Workloads)
        {
            foreach (var container in workload.AllContainers)
            {
                if (container.EnvFrom?.Any(e => e.SecretRef is not null) == true || container.Env?.Any(e => e.ValueFrom?.SecretKeyRef is not null) == true)
                    yield return $"{workload.Name}: {container.Name} has a secret in its environment.";
                if (ProbesRule.IsService(container) && !IsMounted(container, workload.Pod)) yield return $"{workload.Name}: {container.Name} does not read its secrets where they are mounted.";
            }
        }

        foreach (var secret in manifests.Of<V1Secret>())
        {
            foreach (var (key, value) in secret.Data ?? new Dictionary<string, byte[]>())
                if (!Encoding.UTF8.GetString(value).Contains(Tested, StringComparison.Ordinal)) yield return $"{secret.Metadata.Name}: {key} is not the secret that was given.";
        }
    }

    private static bool IsMounted(V1Container container, V1PodSpec pod)
        => container.Env?.FirstOrDefault(e => e.Name == "Secrets__Folder")?.Value is { } folder
            && container.VolumeMounts?.FirstOrDefault(m => m.MountPath == folder) is { ReadOnlyProperty: true } mount
            && pod.Volumes.Any(v => v.Name == mount.Name && v.Secret is not null);
}
