using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>What the services are told are settings that their code reads, with values of the settings' types.</summary>
internal static class SettingsRule
{
    private static readonly Dictionary<string, ServiceSettings> Services = new() { ["gateway"] = new("Gateway"), ["modelserver"] = new("ModelServer") };

    // The framework's and OpenTelemetry's own, and what they are put together from.
    private static readonly string[] Foreign = ["ASPNETCORE_HTTP_PORTS", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "POD_NAME"];

    public static IEnumerable<string> Faults(Manifests manifests)
    {
        foreach (var (workload, container) in manifests.Workloads.SelectMany(w => w.AllContainers.Select(c => (w, c))))
            foreach (var twice in (container.Env ?? []).GroupBy(e => e.Name).Where(g => g.Count() > 1)) yield return $"{workload.Name}: {twice.Key} is set twice.";

        foreach (var (workload, container) in manifests.Workloads.SelectMany(w => w.Pod.Containers.Where(ProbesRule.IsService).Select(c => (w, c))))
        {
            foreach (var setting in container.Env.Where(e => !Foreign.Contains(e.Name)))
                if (Services[container.Name].Fault(setting.Name, setting.Value) is { } fault) yield return $"{workload.Name}: {fault}";
        }

        foreach (var secret in manifests.Of<V1Secret>().Where(s => s.Metadata.Name.EndsWith("-secrets", StringComparison.Ordinal)))
        {
            foreach (var key in secret.Data.Keys)
                if (Services.Values.Select(s => s.Fault(key, null)).FirstOrDefault(f => f is not null) is { } fault) yield return $"{secret.Metadata.Name}: {fault}";
        }
    }
}
