using System.Text.RegularExpressions;
using AppHost.Tests.Observability;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>What docs/operations.md says of alerts and settings is what there is.</summary>
public partial class OperationsTests
{
    private static readonly string Operations = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "operations.md"));

    [Fact]
    public void Alerts_EachOfThem_HasARowThatSaysWhatToDo()
    {
        var section = Operations[Operations.IndexOf("\n## Alerts", StringComparison.Ordinal)..Operations.IndexOf("\n## Overload", StringComparison.Ordinal)];

        Assert.Equal(DeployedFiles.Alerts, Row().Matches(section).Select(m => m.Groups["name"].Value));
    }

    [Fact]
    public void Options_OfTheStart_EachHaveARow()
    {
        var help = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "AppHost", "Startup", "help.txt"));

        Assert.Equal(HelpOption().Matches(help).Select(m => m.Groups["name"].Value), OptionRow().Matches(Operations).Select(m => m.Groups["name"].Value));
    }

    [GeneratedRegex(@"^\| `(?<name>[A-Z]\w+)` \| \S", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^  (?<name>--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex HelpOption();

    [GeneratedRegex(@"^\| `(?<name>--[a-z-]+)[^`]*` \|", RegexOptions.Multiline)]
    private static partial Regex OptionRow();
}
