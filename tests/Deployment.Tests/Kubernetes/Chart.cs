using Testing;

namespace Deployment.Tests.Kubernetes;

/// <summary>The Helm chart, or a changed copy of it, and the values that tests render it with.</summary>
internal sealed class Chart(string folder) : IDisposable
{
    public const string Minimal = "minimal";

    private static readonly string Values = Path.Combine(RepositoryPaths.Root, "tests", "Deployment.Tests", "Kubernetes", "Values");

    public static string Source { get; } = Path.Combine(RepositoryPaths.Root, "deploy", "helm", "transformer-platform");

    /// <summary>The chart as it is in the repository.</summary>
    public static Chart Own { get; } = new(Source);

    /// <summary>Every set of values, each laid over the minimal ones.</summary>
    public static TheoryData<string> AllValues { get; } = new(Directory.GetFiles(Values, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    /// <summary>Copies the chart and replaces a text of one of its files.</summary>
    /// <param name="file">Relative to the chart.</param>
    public static Chart WithChange(string file, string text, string replacement)
    {
        var copy = Directory.CreateTempSubdirectory("chart-").FullName;
        foreach (var source in Directory.GetFiles(Source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Source, source));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }

        var chart = new Chart(copy);
        chart.Change(file, text, replacement);
        return chart;
    }

    /// <summary>Replaces a text of one of a copy's files, wherever it stands.</summary>
    public void Change(string file, string text, string replacement)
    {
        Assert.NotEqual(Source, folder);
        var changed = Path.Combine(folder, file);
        var before = File.ReadAllText(changed);
        Assert.Contains(text, before, StringComparison.Ordinal);
        File.WriteAllText(changed, before.Replace(text, replacement, StringComparison.Ordinal));
    }

    /// <param name="values">Names of files in the folder Values, or paths of others; later ones win.</param>
    /// <param name="set">Single values, as helm's <c>--set</c> takes them.</param>
    public async Task<Manifests> RenderAsync(string[] values, params string[] set)
    {
        var (exitCode, output, errors) = await TemplateAsync(values, set);
        Assert.True(exitCode == 0, errors);
        return Manifests.Read(output);
    }

    /// <inheritdoc cref="RenderAsync"/>
    public Task<(int ExitCode, string Output, string Errors)> TemplateAsync(string[] values, params string[] set)
        => KubernetesTools.RunAsync(KubernetesTools.Helm, ["template", "platform", folder, "--namespace", "inference", .. Arguments(values), .. set.SelectMany(s => new[] { "--set", s })]);

    public Task<(int ExitCode, string Output, string Errors)> LintAsync(params string[] values)
        => KubernetesTools.RunAsync(KubernetesTools.Helm, ["lint", "--strict", folder, .. Arguments(values)]);

    public void Dispose()
    {
        if (folder != Source) Directory.Delete(folder, recursive: true);
    }

    private static IEnumerable<string> Arguments(IEnumerable<string> values) => values.SelectMany(v => new[] { "--values", Path.IsPathRooted(v) ? v : Path.Combine(Values, $"{v}.yaml") });
}
