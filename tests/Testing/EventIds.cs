using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>Reads the ids of a project's log events, and the ranges that docs/observability.md gives its folders.</summary>
public static partial class EventIds
{
    /// <returns>What is wrong, such as an id that two events share; nothing when every event has an id of its own in its folder's range.</returns>
    public static string[] Faults(Assembly assembly)
    {
        var project = assembly.GetName().Name!;
        var ranges = Ranges(project);
        var events = assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Name: $"{method.DeclaringType!.FullName}.{method.Name}", Folder: FolderOf(method.DeclaringType!, project), Id: method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(found => found.Id is not null).ToArray();
        return
        [
            .. events.Where(e => e.Id <= 0).Select(e => $"{e.Name} has no EventId."),
            .. events.GroupBy(e => e.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key} is the id of {string.Join(" and ", same.Select(e => e.Name))}."),
            .. events.Where(e => !ranges.TryGetValue(e.Folder, out var range) || e.Id < range.First || e.Id > range.Last).Select(e => $"{e.Name} ({e.Id}) is outside the range of {e.Folder}."),
            .. ranges.Keys.Where(folder => !Array.Exists(events, e => e.Folder == folder)).Select(folder => $"{folder} has a range and no events."),
            .. events.Length == 0 && ranges.Count > 0 ? [$"{project} has no events."] : Array.Empty<string>(),
        ];
    }

    private static Dictionary<string, (int First, int Last)> Ranges(string project)
        => Row().Matches(File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "observability.md")))
            .Where(row => row.Groups["project"].Value == project)
            .ToDictionary(row => row.Groups["folder"].Value, row => (int.Parse(row.Groups["first"].Value), int.Parse(row.Groups["last"].Value)));

    private static string FolderOf(Type type, string project) => type.Namespace is { } name && name.StartsWith(project + ".", StringComparison.Ordinal) ? name[(project.Length + 1)..] : project;

    [GeneratedRegex(@"^\| `(?<project>\w+)/(?<folder>[\w.]+)` \| (?<first>\d+)–(?<last>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
