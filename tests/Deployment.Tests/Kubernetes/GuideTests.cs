using System.Text.RegularExpressions;
using Deployment.Tests.Kubernetes.Rules;
using Testing;

namespace Deployment.Tests.Kubernetes;

/// <summary>The values in docs/deployment/kubernetes.md.</summary>
public sealed partial class GuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "deployment", "kubernetes.md"));

    public static TheoryData<int> Examples { get; } = new(Enumerable.Range(0, Values().Count(Guide)));

    [Fact]
    public void Guide_HasExamplesOfValues() => Assert.True(Examples.Count > 10);

    [KubernetesTheory]
    [MemberData(nameof(Examples))]
    public async Task Example_OfTheGuide_BreaksNoRule(int example)
    {
        var file = Path.Combine(Path.GetTempPath(), $"values-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, Values().Matches(Guide)[example].Groups[1].Value);
        try
        {
            Assert.Empty(DeploymentRules.Faults(await Chart.Own.RenderAsync([Chart.Minimal, file])));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex("```yaml\n(# values\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex Values();
}
