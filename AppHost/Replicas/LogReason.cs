using System.Text.RegularExpressions;

namespace AppHost.Replicas;

/// <summary>Why a process ended, out of what it wrote.</summary>
internal static partial class LogReason
{
    /// <summary>The message of the last critical entry, else of the last failure, of the console logger; else the first line of an unhandled exception.</summary>
    public static string? Find(IReadOnlyList<string> lines)
        => Message(lines, "crit: ") ?? Message(lines, "fail: ") ?? lines.Select(Text).LastOrDefault(line => line.StartsWith("Unhandled exception", StringComparison.Ordinal));

    /// <summary>The console logger writes level and category on one line, the message indented on the next.</summary>
    private static string? Message(IReadOnlyList<string> lines, string level)
    {
        for (var i = lines.Count - 2; i >= 0; i--)
        {
            if (Text(lines[i]).StartsWith(level, StringComparison.Ordinal)) return Text(lines[i + 1]).Trim();
        }

        return null;
    }

    /// <summary>The orchestrator puts the time before each line, and the console logger colours.</summary>
    private static string Text(string line) => Decoration().Replace(line, "");

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[0-9:.]+Z? |\x1b\[[0-9;]*m")]
    private static partial Regex Decoration();
}
