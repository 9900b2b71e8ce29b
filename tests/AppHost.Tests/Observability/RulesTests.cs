using System.Text;
using Testing;

namespace AppHost.Tests.Observability;

public sealed class RulesTests
{
    private static readonly HashSet<string> Known = [.. DocumentedMetric.All.SelectMany(metric => metric.Series), .. DeployedFiles.Recorded, "up"];

    [PromtoolFact]
    public async Task Rules_ForPromtool_AreRight()
    {
        var (exitCode, output) = await Promtool.RunAsync("", ["check", "rules", .. DeployedFiles.Rules]);

        Assert.True(exitCode == 0, output);
        Assert.Contains($"{DeployedFiles.Alerts.Length} rules found", output, StringComparison.Ordinal);
    }

    [PromtoolFact]
    public async Task Rules_OnTheSeriesOfTheirTests_SayWhatIsExpected()
    {
        var (exitCode, output) = await Promtool.RunAsync("", "test", "rules", Path.Combine(DeployedFiles.Folder, "rules", "tests", "alerts.yml"));

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Alerts_AllOfThem_AreSeenFiring()
    {
        var tests = File.ReadAllText(Path.Combine(DeployedFiles.Folder, "rules", "tests", "alerts.yml")).ReplaceLineEndings("\n");

        Assert.All(DeployedFiles.Alerts, alert => Assert.Matches($"- alertname: {alert}\n +eval_time: \\S+\n +exp_alerts:\n +- exp_labels:", tests));
    }

    [PromtoolFact]
    public async Task ScrapeConfiguration_ForPromtool_IsRight()
    {
        using var folder = new Platform.TemporaryFolder();
        Copy(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, "token"), "");

        var (exitCode, output) = await Promtool.RunAsync("", "check", "config", Path.Combine(folder.Path, "prometheus.yml"));

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void Expressions_OfRulesAndDashboard_NameWhatIsExposed()
    {
        var expressions = DeployedFiles.RuleExpressions().Concat(DeployedFiles.DashboardExpressions()).ToArray();

        Assert.True(expressions.Length > 80, $"{expressions.Length} expressions were found.");
        Assert.All(expressions, expression => Assert.NotEmpty(DeployedFiles.MetricsOf(expression)));
        Assert.DoesNotContain(expressions.SelectMany(e => DeployedFiles.MetricsOf(e)).Distinct(), name => !Known.Contains(name));
    }

    [Theory]
    [InlineData("sum by (le, route) (rate(a_bucket{x=~\"not|this\"}[5m])) / b:c > 0.5 and up == 1", "a_bucket,b:c,up")]
    [InlineData("histogram_quantile(0.5, sum by (le) (rate(a[1m]))) or max(b) unless on (instance) c", "a,b,c")]
    public void Names_OfAnExpression_AreFound(string expression, string names) => Assert.Equal(names.Split(','), DeployedFiles.MetricsOf(expression));

    [PromtoolFact]
    public async Task Expressions_OfTheDashboard_Parse()
    {
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        var count = 0;
        foreach (var expression in DeployedFiles.DashboardExpressions()) rules.Append($"      - record: dashboard:{count++}\n        expr: '{expression.Replace("'", "''", StringComparison.Ordinal)}'\n");
        using var folder = new Platform.TemporaryFolder();
        var file = Path.Combine(folder.Path, "dashboard.yml");
        await File.WriteAllTextAsync(file, rules.ToString());

        var (exitCode, output) = await Promtool.RunAsync("", "check", "rules", file);

        Assert.True(exitCode == 0, output);
        Assert.Contains($"{count} rules found", output, StringComparison.Ordinal);
    }

    /// <summary>The script that a container starts with, here with a program that only says how it was called.</summary>
    [PromtoolFact]
    public async Task StartScript_WithAddresses_WritesTargetsThatPrometheusTakes()
    {
        using var folder = new Platform.TemporaryFolder();
        Copy(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, "token"), "");
        var script = Path.Combine(DeployedFiles.Folder, "start-prometheus.sh");

        var (exitCode, output, errors) = await Clients.ChildCommand.RunAsync("sh", [script], "", new Dictionary<string, string>
        {
            ["GATEWAYS"] = "host:8080",
            ["MODELSERVERS"] = "host:1, host:2",
            ["PROMETHEUS_FOLDER"] = folder.Path,
            ["PROMETHEUS_PROGRAM"] = "echo",
        });

        Assert.True(exitCode == 0, errors);
        Assert.Contains("prometheus.yml --storage.tsdb.path=/prometheus --enable-feature=exemplar-storage", output, StringComparison.Ordinal);
        Assert.Equal("- targets: [host:8080]\n", File.ReadAllText(Path.Combine(folder.Path, "targets", "gateway.yml")));
        Assert.Equal("- targets: [host:1, host:2]\n", File.ReadAllText(Path.Combine(folder.Path, "targets", "modelserver.yml")));
        var (checkedWell, said) = await Promtool.RunAsync("", "check", "config", Path.Combine(folder.Path, "prometheus.yml"));
        Assert.True(checkedWell == 0, said);
    }

    private static void Copy(string target)
    {
        foreach (var file in new[] { "prometheus.yml", "rules/alerts.yml", "rules/recording.yml", "targets/gateway.yml", "targets/modelserver.yml" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, file))!);
            File.Copy(Path.Combine(DeployedFiles.Folder, file), Path.Combine(target, file));
        }
    }
}

/// <summary>A test with promtool; skipped by name where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute() => Skip = Promtool.IsInstalled ? null : "There is no promtool on the path.";
}
