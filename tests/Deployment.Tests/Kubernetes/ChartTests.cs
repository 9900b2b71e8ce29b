using Deployment.Tests.Kubernetes.Rules;
using k8s.Models;

namespace Deployment.Tests.Kubernetes;

/// <summary>The chart with every set of values.</summary>
public sealed class ChartTests
{
    public static TheoryData<string> Values => Chart.AllValues;

    [KubernetesTheory]
    [MemberData(nameof(Values))]
    public async Task Chart_WithTheValues_PassesHelmsLint(string values)
    {
        var (exitCode, output, errors) = await Chart.Own.LintAsync(Chart.Minimal, values);

        Assert.True(exitCode == 0, output + errors);
    }

    [KubernetesTheory]
    [MemberData(nameof(Values))]
    public async Task Chart_WithTheValues_BreaksNoRule(string values)
    {
        var manifests = await Chart.Own.RenderAsync([Chart.Minimal, values]);

        Assert.Empty(DeploymentRules.Faults(manifests));
    }

    [KubernetesFact]
    public async Task Chart_ByDefault_ServesWithTwoOfEachAndIsClosed()
    {
        var manifests = await Chart.Own.RenderAsync([Chart.Minimal]);

        Assert.Equal(["platform-gateway", "platform-modelserver-default", "platform-redis"], manifests.Workloads.Select(w => w.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2, Assert.Single(manifests.Of<V2HorizontalPodAutoscaler>()).Spec.MinReplicas);
        Assert.Equal(2, manifests.Workloads.Single(w => w.Name == "platform-modelserver-default").Replicas);
        Assert.Equal(2, manifests.Of<V1PodDisruptionBudget>().Count());
        Assert.Equal(4, manifests.Of<V1NetworkPolicy>().Count());
        Assert.All(manifests.Workloads.Where(w => w.Kind == "Deployment"), w => Assert.Equal(45, w.Pod.TerminationGracePeriodSeconds));
    }

    [KubernetesFact]
    public async Task Pools_OfSeveralKinds_AreBehindOneNameAndEachOnItsOwnNodes()
    {
        var manifests = await Chart.Own.RenderAsync([Chart.Minimal, "gpu-pools"]);
        var pools = manifests.Workloads.Where(w => w.Labels.ContainsKey("pool")).ToDictionary(w => w.Labels["pool"]);

        Assert.Equal(["default", "gpu", "slices"], pools.Keys.Order(StringComparer.Ordinal));
        Assert.All(pools.Values, p => Assert.True(p.IsSelectedBy(manifests.Of<V1Service>().Single(s => s.Metadata.Name == "platform-modelserver").Spec.Selector)));
        Assert.Equal("1", pools["gpu"].Pod.Containers[0].Resources.Limits["nvidia.com/gpu"].ToString());
        Assert.Equal("1", pools["slices"].Pod.Containers[0].Resources.Limits["nvidia.com/mig-1g.10gb"].ToString());
        Assert.EndsWith("-cuda", pools["gpu"].Pod.Containers[0].Image, StringComparison.Ordinal);
        Assert.Equal("l4", pools["gpu"].Pod.NodeSelector["cloud.example.com/gpu"]);
        Assert.Equal("nvidia", pools["gpu"].Pod.RuntimeClassName);
        Assert.Null(pools["default"].Pod.NodeSelector);
        Assert.Equal(["platform-gateway", "platform-modelserver-default", "platform-modelserver-gpu"], manifests.Of<V1PodDisruptionBudget>().Select(b => b.Metadata.Name).Order(StringComparer.Ordinal));
    }

    [KubernetesTheory]
    [InlineData("image", null)]
    [InlineData("claim", "models")]
    [InlineData("oci-image", "registry.example.com/models:2")]
    [InlineData("fetch", "registry.example.com/model-fetch:3")]
    public async Task Models_OfEachSource_AreWhereTheServerLooks(string values, string? source)
    {
        var server = (await Chart.Own.RenderAsync(values == "image" ? [Chart.Minimal] : [Chart.Minimal, values])).Workloads.Single(w => w.Name == "platform-modelserver-default").Pod;
        var container = server.Containers[0];
        var volume = server.Volumes.SingleOrDefault(v => v.Name == "models");

        Assert.Equal(source, volume is null ? null : volume.PersistentVolumeClaim?.ClaimName ?? volume.Image?.Reference ?? server.InitContainers[0].Image);
        Assert.Equal(source is null ? null : "/models", container.Env.SingleOrDefault(e => e.Name == "Models__Folder")?.Value);
        if (source is not null) Assert.True(container.VolumeMounts.Single(m => m.MountPath == "/models").ReadOnlyProperty);
        if (values == "fetch") Assert.Equal("/target", server.InitContainers[0].VolumeMounts.Single(m => m.Name == "models").MountPath);
    }

    [KubernetesFact]
    public async Task Secrets_ThatExist_AreMountedAndNoneIsMade()
    {
        var manifests = await Chart.Own.RenderAsync([Chart.Minimal, "existing-secrets"]);

        Assert.Empty(manifests.Of<V1Secret>());
        Assert.All(manifests.Workloads, w => Assert.Equal(w.Name == "platform-redis" ? "own-redis" : "own-secrets", w.Pod.Volumes.Select(v => v.Secret?.SecretName).Single(n => n is not null)));
    }

    [KubernetesFact]
    public async Task Secrets_ThatChange_StartPodsAnew()
    {
        var before = await Chart.Own.RenderAsync([Chart.Minimal]);
        var after = await Chart.Own.RenderAsync([Chart.Minimal], "redis.password=tested-other-password");

        Assert.All(before.Workloads.Zip(after.Workloads), pair => Assert.NotEqual(pair.First.Template.Metadata.Annotations, pair.Second.Template.Metadata.Annotations));
    }

    [KubernetesFact]
    public async Task Names_OfALongReleaseAndPool_AreShortEnough()
    {
        var manifests = await Chart.Own.RenderAsync([Chart.Minimal], $"fullnameOverride={new string('r', 36)}-and-more", "modelserver.pools.fourteen-chars.replicas=1");

        Assert.Empty(DeploymentRules.Faults(manifests));
        Assert.Contains(manifests.All, m => m.Name.EndsWith("-modelserver-fourteen-chars", StringComparison.Ordinal));
        Assert.All(manifests.All, m => Assert.InRange(m.Name.Length, 1, 63));
    }

    [KubernetesFact]
    public async Task EmptyPool_WithKeda_IsWokenBySomethingElse()
    {
        var scaled = Assert.Single((await Chart.Own.RenderAsync([Chart.Minimal, "scale-to-zero"])).Of<Resource<ScaledObjectSpec>>()).Spec;

        Assert.Equal(0, scaled.MinReplicaCount);
        Assert.Equal("platform-modelserver-nightly", scaled.ScaleTargetRef.Name);
        Assert.Equal(["prometheus", "cron"], scaled.Triggers.Select(t => t.Type));
    }

    [KubernetesFact]
    public async Task Scrapers_WhereMonitorsAreOn_ReachBothServicesAndNobodyElseDoes()
    {
        static int Rules(Manifests manifests, string policy) => manifests.Of<V1NetworkPolicy>().Single(p => p.Metadata.Name == policy).Spec.Ingress.Count;
        var without = await Chart.Own.RenderAsync([Chart.Minimal]);
        var with = await Chart.Own.RenderAsync([Chart.Minimal, "monitoring-oauth2"]);

        Assert.Equal((1, 1, 1), (Rules(without, "platform-gateway"), Rules(without, "platform-modelserver"), Rules(without, "platform-redis")));
        Assert.Equal((2, 2, 1), (Rules(with, "platform-gateway"), Rules(with, "platform-modelserver"), Rules(with, "platform-redis")));
        Assert.Equal(["gateway", "modelserver"], with.Of<Resource<ServiceMonitorSpec>>().Select(m => m.Spec.Selector.MatchLabels[m.Spec.JobLabel!]));
    }
}
