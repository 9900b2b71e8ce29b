using System.Text.RegularExpressions;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>What the documents say is run, proven or marked, and what they name exists.</summary>
public partial class GuidesTests
{
    [Fact]
    public void Commands_OfAllDocuments_AreRunByATestOrMarked()
    {
        var faults = Guides.Blocks.SelectMany(CommandTable.Faults).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Entries_OfTheTable_AreProven() => Assert.Empty(CommandTable.Unproven());

    [Fact]
    public void Events_ThatDocumentsName_AreLogged()
    {
        var known = new[] { "Gateway", "ModelServer", "ServiceDefaults" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => EventId().Matches(File.ReadAllText(file))).Select(m => m.Groups["id"].Value).ToHashSet();
        var named = MarkdownFile.All.SelectMany(file => NamedEvents().Matches(File.ReadAllText(Path.Combine(RepositoryPaths.Root, file.Path)))
            .SelectMany(m => m.Groups["id"].Captures.Select(id => (file.Path, Id: id.Value)))).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.True(known.Contains(name.Id), $"{name.Path} names event {name.Id}, which nothing logs."));
    }

    [Theory]
    [InlineData("README.md", true)]
    [InlineData("CONTRIBUTING.md", true)]
    [InlineData("docs/deployment/compose.md", true)]
    [InlineData("deploy/helm/platform/README.md", true)]
    [InlineData("models/README.md", true)]
    [InlineData("models/sentiment/1/README.md", false)]
    [InlineData("tests/Benchmarks/README.md", false)]
    public void Guide_OfUsers_IsRead(string path, bool isRead) => Assert.Equal(isRead, Guides.IsGuide(path));

    [GeneratedRegex(@"EventId = (?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"\bevents? (?<id>\d{4})((, | and | or )(?<id>\d{4}))*")]
    private static partial Regex NamedEvents();
}
