namespace Reliability.Cluster;

/// <summary>Lines of the services' logs that no fault excuses.</summary>
internal static class ServiceLogs
{
    /// <summary>An exception that nobody foresaw, in a request; one that ended a process; a task whose failure nobody looked at.</summary>
    private static readonly string[] Marks = ["ExceptionTable[3100]", "unhandled exception", "UnobservedTaskException"];

    /// <summary>What the framework calls unhandled and is foreseen: a deadline that passes when a model server has begun to answer, and a client that
    /// leaves while it sends its request. Neither has anybody who could be told.</summary>
    private static readonly string[] Foreseen = ["DeadlineExceededException", "Unexpected end of request content"];

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
                var what = string.Join(' ', lines.Skip(i).Take(3).Select(l => l.Trim()));
                if (!Foreseen.Any(f => what.Contains(f, StringComparison.Ordinal))) found.Add($"{Path.GetFileName(file)}:{i + 1}: {what}");
            }
        }

        return found;
    }
}
