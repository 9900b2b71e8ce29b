using System.Text.RegularExpressions;
using System.Xml.Linq;
using Testing;

namespace Deployment.Tests.Images;

/// <summary>Follows what a Dockerfile copies into the stage that builds, against what the projects name.</summary>
internal static partial class BuildContext
{
    private static readonly string[] Roots = ["global.json", "Directory.Build.props", "Directory.Packages.props"];

    /// <returns>Files that restoring or publishing a service reads and the stage does not have by then.</returns>
    public static string[] Missing(Dockerfile file, string service)
    {
        var stage = file.Stages[0].ToList();
        var (restore, publish) = (stage.FindIndex(i => IsRun(i, "dotnet restore")), stage.FindIndex(i => IsRun(i, "dotnet publish")));
        if (restore < 0 || publish < 0) return [$"{service} is not restored and published by steps of their own"];
        var projects = Projects($"{service}/{service}.csproj").ToArray();
        var read = Roots.Concat(projects).Concat(projects.SelectMany(Imports)).Concat(projects.SelectMany(LockFiles));
        var built = projects.SelectMany(Compiled).Concat(projects.SelectMany(p => Sources(Path.GetDirectoryName(p)!)));
        var (before, after) = (Copied(stage[..restore]), Copied(stage[..publish]));
        return [.. read.Where(f => !IsThere(f, before)).Concat(built.Where(f => !IsThere(f, after))).Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool IsRun(Instruction instruction, string command) => instruction.Name == "RUN" && instruction.Text.StartsWith(command, StringComparison.Ordinal);

    private static string[] Copied(IEnumerable<Instruction> instructions)
        => [.. instructions.Where(i => i.Name == "COPY" && !i.Text.StartsWith("--", StringComparison.Ordinal)).SelectMany(i => i.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1])];

    /// <summary>A copied name is the file's, a folder's above it, or a pattern of its name.</summary>
    private static bool IsThere(string file, string[] copied)
        => copied.Any(c => file == c || file.StartsWith(c.TrimEnd('/') + "/", StringComparison.Ordinal) || Regex.IsMatch(file, $"^{Regex.Escape(c).Replace(@"\*", "[^/]*", StringComparison.Ordinal)}$"));

    private static IEnumerable<string> Projects(string project)
        => References(project, "ProjectReference", "Include").SelectMany(Projects).Append(project).Distinct();

    private static IEnumerable<string> Imports(string project) => References(project, "Import", "Project");

    /// <summary>Sources from outside the project's folder, also those that an imported file names.</summary>
    private static IEnumerable<string> Compiled(string project)
        => Imports(project).Append(project).SelectMany(f => References(f, "Compile", "Include"));

    private static IEnumerable<string> LockFiles(string project)
        => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, Path.GetDirectoryName(project)!), "packages*.lock.json").Select(Relative);

    private static IEnumerable<string> Sources(string folder)
        => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, folder), "*.cs", SearchOption.AllDirectories).Select(Relative).Where(f => !Generated().IsMatch(f));

    private static IEnumerable<string> References(string file, string element, string attribute)
        => XDocument.Load(Path.Combine(RepositoryPaths.Root, file)).Descendants(element)
            .Select(e => e.Attribute(attribute)?.Value.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.Ordinal)).OfType<string>()
            .Select(path => Relative(Path.Combine(RepositoryPaths.Root, Path.GetDirectoryName(file)!, path)));

    private static string Relative(string path) => Path.GetRelativePath(RepositoryPaths.Root, Path.GetFullPath(path)).Replace('\\', '/');

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex Generated();
}
