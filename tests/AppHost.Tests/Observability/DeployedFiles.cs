using System.Text.Json;
using System.Text.RegularExpressions;
using Testing;

namespace AppHost.Tests.Observability;

/// <summary>The files of <c>deploy/observability</c>.</summary>
internal static partial class DeployedFiles
{
    public static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "deploy", "observability");

    public static string Dashboard => Path.Combine(Folder, "grafana", "dashboard.json");

    public static string[] Rules => [Path.Combine(Folder, "rules", "alerts.yml"), Path.Combine(Folder, "rules", "recording.yml")];

    /// <summary>The names that the recording rules make.</summary>
    public static string[] Recorded { get; } = [.. RecordLine().Matches(File.ReadAllText(Path.Combine(Folder, "rules", "recording.yml"))).Select(m => m.Groups[1].Value)];

    public static string[] Alerts { get; } = [.. AlertLine().Matches(File.ReadAllText(Path.Combine(Folder, "rules", "alerts.yml"))).Select(m => m.Groups[1].Value)];

    /// <summary>Every expression of the rules, a block of several lines as one.</summary>
    public static IEnumerable<string> RuleExpressions() => Rules.SelectMany(file => ExpressionLine().Matches(File.ReadAllText(file)).Select(m => m.Groups["one"].Success ? m.Groups["one"].Value : m.Groups["block"].Value));

    /// <summary>Every expression of the dashboard, its variables filled in.</summary>
    public static IEnumerable<string> DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        foreach (var panel in dashboard.RootElement.GetProperty("panels").EnumerateArray())
        {
            if (!panel.TryGetProperty("targets", out var targets)) continue;
            foreach (var target in targets.EnumerateArray())
                yield return target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$model", ".*", StringComparison.Ordinal);
        }

        foreach (var variable in dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray())
            yield return LabelValues().Match(variable.GetProperty("query").GetString()!).Groups[1].Value;
    }

    /// <summary>The metrics that an expression names.</summary>
    public static IEnumerable<string> MetricsOf(string expression)
    {
        // What stands in braces and brackets, and the labels of by and on, names no metric.
        var bare = Groupings().Replace(Selectors().Replace(expression, " "), " ");
        return Names().Matches(bare).Where(m => !m.Value.StartsWith('$')).Select(m => m.Value).Where(name => !Words.Contains(name)).Distinct();
    }

    private static readonly HashSet<string> Words = ["and", "or", "unless", "by", "without", "on", "ignoring", "bool", "offset"];

    [GeneratedRegex("^ *- record: (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex RecordLine();

    [GeneratedRegex("^ *- alert: (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex AlertLine();

    [GeneratedRegex(@"^ {8}expr: (?:\|\n(?<block>(?: {10}.*\n)+)|(?<one>.+)$)", RegexOptions.Multiline)]
    private static partial Regex ExpressionLine();

    [GeneratedRegex(@"^label_values\((\w+), \w+\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring) *\([^)]*\)")]
    private static partial Regex Groupings();

    // An identifier that is no function's: nothing opens behind it. Not the end of a number.
    [GeneratedRegex(@"(?<![\w.:])[a-zA-Z_:][\w:]*(?![\w:]| *\()")]
    private static partial Regex Names();
}
