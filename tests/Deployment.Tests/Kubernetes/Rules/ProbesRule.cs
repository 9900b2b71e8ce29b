using k8s.Models;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Every container is asked whether it has started, lives and is ready, at ports that it has; the services at <c>/alive</c> and <c>/ready</c>. A pod's
/// grace period is longer than its drain, and that longer than its notice.</summary>
internal static class ProbesRule
{
    public static IEnumerable<string> Faults(Manifests manifests)
        => manifests.Workloads.SelectMany(w => w.Pod.Containers.SelectMany(c => OfContainer(c).Concat(OfDrain(c, w.Pod))).Select(f => $"{w.Name}: {f}"));

    private static IEnumerable<string> OfContainer(V1Container container)
    {
        foreach (var (name, probe, path) in new[] { ("startup", container.StartupProbe, "/alive"), ("readiness", container.ReadinessProbe, "/ready"), ("liveness", container.LivenessProbe, "/alive") })
        {
            if (probe is null)
            {
                yield return $"{container.Name} has no {name} probe.";
                continue;
            }

            if (probe.HttpGet is { } http && http.Path != path) yield return $"the {name} probe of {container.Name} asks {http.Path}.";
            if (probe.HttpGet is null && IsService(container)) yield return $"the {name} probe of {container.Name} does not ask by HTTP.";
            if ((probe.HttpGet?.Port ?? probe.TcpSocket?.Port)?.Value is { } port && !HasPort(container, port)) yield return $"the {name} probe of {container.Name} asks the port {port}, which is none.";
        }
    }

    private static IEnumerable<string> OfDrain(V1Container container, V1PodSpec pod)
    {
        if (!IsService(container)) yield break;
        var (notice, timeout) = (Time(container, "Drain__Notice"), Time(container, "Drain__Timeout"));
        if (notice is null || timeout is null || notice >= timeout) yield return $"{container.Name} has no time left after its notice.";
        if (timeout is null || pod.TerminationGracePeriodSeconds is not { } grace || grace < timeout.Value.TotalSeconds + 5) yield return $"{container.Name} is killed before it has drained.";
    }

    public static bool IsService(V1Container container) => container.Name is "gateway" or "modelserver";

    public static bool HasPort(V1Container container, string port)
        => container.Ports?.Any(p => p.Name == port || p.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == port) == true;

    private static TimeSpan? Time(V1Container container, string setting)
        => TimeSpan.TryParse(container.Env?.FirstOrDefault(e => e.Name == setting)?.Value, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;
}
