using System.Text.RegularExpressions;

namespace Benchmarks.Report;

/// <summary>What could not be measured.</summary>
/// <param name="System">Who failed.</param>
/// <param name="What">At what: a model, a load.</param>
/// <param name="Reason">One line.</param>
internal sealed partial record Failure(string System, string What, string Reason)
{
    private const int Longest = 300;

    /// <summary>Without the paths of this machine, as reports are published.</summary>
    public static Failure Of(string system, string what, Exception exception) => new(system, what, Shorten(exception.Message));

    internal static string Shorten(string message)
    {
        var line = Folders().Replace(message.Split('\n')[0].Trim(), "");
        return line.Length <= Longest ? line : line[..Longest] + " …";
    }

    [GeneratedRegex(@"(?<![\w:/])(/[^\s/:'""]+)+/")]
    private static partial Regex Folders();
}
