using Deployment.Tests.Kubernetes.Rules;
using Testing;

namespace Deployment.Tests.Kubernetes;

/// <summary>The plain manifests that are rendered from the chart.</summary>
public sealed class KustomizeTests
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "deploy", "kustomize");

    [KubernetesFact]
    public async Task Manifests_InTheRepository_AreWhatTheChartRenders()
    {
        var fresh = Directory.CreateTempSubdirectory("kustomize-");
        try
        {
            var (exitCode, _, errors) = await KubernetesTools.RunAsync(Path.Combine(Folder, "render"), [fresh.FullName], new Dictionary<string, string> { ["HELM"] = KubernetesTools.Helm });

            Assert.True(exitCode == 0, errors);
            var rendered = Files(fresh.FullName);
            Assert.Equal(7, rendered.Length);
            Assert.All(rendered, file => Assert.True(File.ReadAllText(Path.Combine(Folder, file)) == File.ReadAllText(Path.Combine(fresh.FullName, file)), $"{file} is old: run deploy/kustomize/render"));
            Assert.Equal(rendered.Concat(["base/kustomization.yaml", "cpu/kustomization.yaml", "gpu/kustomization.yaml"]).Order(StringComparer.Ordinal), new[] { "base", "cpu", "gpu" }.SelectMany(f => Files(Folder, f)).Order(StringComparer.Ordinal));
        }
        finally
        {
            fresh.Delete(recursive: true);
        }
    }

    [KubernetesTheory]
    [InlineData("cpu", "platform-modelserver-default")]
    [InlineData("gpu", "platform-modelserver-gpu")]
    [InlineData("example", "platform-modelserver-default")]
    public async Task Overlay_ByKubectl_BreaksNoRule(string overlay, string pool)
    {
        var manifests = await BuildAsync(overlay);

        Assert.Empty(DeploymentRules.Faults(manifests));
        Assert.Equal(["platform-gateway", pool, "platform-redis"], manifests.Workloads.Select(w => w.Name).Order(StringComparer.Ordinal));
    }

    [KubernetesFact]
    public async Task Example_OfAnOverlay_ReplacesProviderImagesAndNamespaceEverywhere()
    {
        var manifests = await BuildAsync("example");
        var services = manifests.Workloads.Where(w => w.Kind == "Deployment").ToArray();

        Assert.Equal(2, services.Length);
        Assert.DoesNotContain(manifests.All, m => m.Text.Contains("idp.example.com", StringComparison.Ordinal));
        Assert.All(manifests.All, m => Assert.Contains("namespace: inference", m.Text, StringComparison.Ordinal));
        Assert.All(services, w => Assert.StartsWith("registry.example.com/", w.Pod.Containers[0].Image, StringComparison.Ordinal));
        Assert.All(services, w => Assert.Equal("https://login.example.org", w.Pod.Containers[0].Env.Single(e => e.Name == "Authentication__Issuer").Value));
    }

    private static async Task<Manifests> BuildAsync(string overlay)
    {
        var (exitCode, output, errors) = await KubernetesTools.RunAsync(KubernetesTools.Kubectl, ["kustomize", Path.Combine(Folder, overlay)]);
        Assert.True(exitCode == 0, errors);
        return Manifests.Read(output);
    }

    private static string[] Files(string root, string below = "")
        => [.. Directory.GetFiles(Path.Combine(root, below), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
}
