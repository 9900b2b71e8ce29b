using k8s.Models;
using Testing;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Deployment.Tests.Kubernetes;

/// <summary>What the chart repeats of other files, and what an upgrade may not change.</summary>
public sealed class ChartFilesTests
{
    private static readonly string Observability = Path.Combine(RepositoryPaths.Root, "deploy", "observability");

    /// <summary>A chart can hold no file from outside its folder.</summary>
    [Theory]
    [InlineData("files/rules/alerts.yml", "rules/alerts.yml")]
    [InlineData("files/rules/recording.yml", "rules/recording.yml")]
    [InlineData("files/dashboard.json", "grafana/dashboard.json")]
    public void Copy_InTheChart_IsLikeItsSource(string copy, string source)
        => Assert.True(
            File.ReadAllText(Path.Combine(Observability, source)) == File.ReadAllText(Path.Combine(Chart.Source, copy)),
            $"cp deploy/observability/{source} deploy/helm/transformer-platform/{copy}");

    [Fact]
    public void AppVersion_OfTheChart_IsThePlatformsVersion()
    {
        var version = typeof(ChartFilesTests).Assembly.GetName().Version!.ToString(3);

        Assert.Contains($"\nappVersion: \"{version}\"\n", File.ReadAllText(Path.Combine(Chart.Source, "Chart.yaml")), StringComparison.Ordinal);
    }

    [KubernetesFact]
    public async Task Rules_ForTheOperator_AreThoseOfPrometheus()
    {
        var rendered = Assert.Single((await Chart.Own.RenderAsync([Chart.Minimal, "monitoring-token"])).Of<Resource<PrometheusRuleSpec>>()).Spec.Groups;
        var reader = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).Build();
        var source = new[] { "recording.yml", "alerts.yml" }.SelectMany(f => reader.Deserialize<PrometheusRuleSpec>(File.ReadAllText(Path.Combine(Observability, "rules", f))).Groups).ToArray();

        Assert.Equal(Told(source), Told(rendered));
        static string[] Told(IEnumerable<RuleGroup> groups)
            => [.. groups.SelectMany(g => g.Rules.Select(r => $"{g.Name} {r.Record}{r.Alert} {r.Expr.TrimEnd()} {r.For} {r.Labels?.GetValueOrDefault("severity")} {r.Annotations?.GetValueOrDefault("summary")}"))];
    }

    [KubernetesFact]
    public async Task Upgrade_ToAnotherVersionOfTheChart_ChangesNothingThatCannotChange()
    {
        using var next = Chart.WithChange("Chart.yaml", "ersion: ", "ersion: 9");
        next.Change("Chart.yaml", "apiVersion: 9v2", "apiVersion: v2");
        next.Change("Chart.yaml", "appVersion: 9\"", "appVersion: \"9");
        next.Change("Chart.yaml", "kubeVersion: 9\"", "kubeVersion: \"");
        var (before, after) = (await Chart.Own.RenderAsync([Chart.Minimal, "everything"]), await next.RenderAsync([Chart.Minimal, "everything"]));

        Assert.NotEqual(before.Workloads.Select(w => w.Pod.Containers[0].Image), after.Workloads.Select(w => w.Pod.Containers[0].Image));
        Assert.Equal(Fixed(before), Fixed(after));
        static string[] Fixed(Manifests manifests) =>
        [
            .. manifests.Workloads.Select(w => $"{w.Kind} {w.Name}: {string.Join(',', w.Selector.Select(s => $"{s.Key}={s.Value}"))}"),
            .. manifests.Of<V1StatefulSet>().Select(s => $"{s.Spec.ServiceName} {string.Join(',', s.Spec.VolumeClaimTemplates.Select(c => $"{c.Metadata.Name} {string.Join(',', c.Metadata.Labels)} {c.Spec.Resources.Requests["storage"]}"))}"),
            .. manifests.Of<V1Service>().Select(s => $"{s.Metadata.Name} {s.Spec.ClusterIP}"),
        ];
    }
}
