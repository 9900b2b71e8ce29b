namespace Reliability.Cluster;

/// <summary>Lines of the services' logs that no fault excuses.</summary>
internal static class ServiceLogs
{
    /// <summary>An exception that nobody foresaw, in a request; one that ended a process; a task whose failure nobody looked at.</summary>
    private static readonly string[] Marks = ["ApiExceptionHandler[3100]", "unhandled exception", "UnobservedTaskException"];

    /// <summary>Each with the name of its file and the line behind it, which says what happened.</summary>
    public static IReadOnlyList<string> Find(string folder)
    {
        List<string> found = [];
        foreach (var file in Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                if (!Marks.Any(m => lines[i].Contains(m, StringComparison.OrdinalIgnoreCase))) continue;
                found.Add($"{Path.GetFileName(file)}:{i + 1}: {lines[i].Trim()} {string.Join(' ', lines.Skip(i + 1).Take(2).Select(l => l.Trim()))}");
            }
        }

        return found;
    }
}
