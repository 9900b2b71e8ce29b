using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AppHost.Tests.Clients;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>What the documents tell users to run does run: here, against the platform of these tests, or in a test that <see cref="CommandTable"/> names. What
/// test machines lack is said before its block.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class DocumentedCommandsTests(RunningPlatform platform)
{
    private const string Address = "http://localhost:8080";
    private const int BaselineSize = 1000, BatchSize = 100;

    private static readonly MarkdownBlock[] Blocks = [.. MarkdownFile.All.Where(file => Guide().IsMatch(file.Path)).SelectMany(file => file.Blocks)];

    public static TheoryData<string> RunnableBlocks() => [.. Blocks.Where(block => CommandTable.Runnable(block).Any()).Select(block => block.Where)];

    [Fact]
    public void Commands_OfAllDocuments_AreRunByATestOrMarked() => Assert.Empty(Blocks.SelectMany(CommandTable.Faults));

    [Fact]
    public void Entries_OfTheTable_AreProven() => Assert.Empty(CommandTable.Unproven());

    [NeedsTheory(Need.Curl)]
    [MemberData(nameof(RunnableBlocks))]
    public async Task Commands_OfABlock_Succeed(string where)
    {
        var commands = CommandTable.Runnable(Blocks.Single(block => block.Where == where)).ToArray();
        await using var second = commands.Any(command => VersionTwo().IsMatch(command)) ? await AddedVersion.OfAsync(platform) : null;
        if (commands.Any(command => command.Contains("baseline.json", StringComparison.Ordinal))) await FillBaselineAsync();
        using var folder = new CommandFolder(platform);

        foreach (var command in commands)
        {
            var (exitCode, output, errors) = await folder.RunAsync(command);

            Assert.True(exitCode == 0, $"{where}: {command}\n{output}\n{errors}");
            if (command.Contains("\"stream\": true", StringComparison.Ordinal)) Assert.EndsWith("data: [DONE]\n\n", output, StringComparison.Ordinal);
        }
    }

    [NpmClientsFact]
    public async Task Scripts_WithTheNpmClient_Succeed()
    {
        using var client = platform.CreateClient(null);
        var scripts = Blocks.Where(block => block.Language == "js").ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var text = script.Text.Replace(Address, client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);

            var (exitCode, output, errors) = await NpmClients.RunModuleAsync(text, new Dictionary<string, string> { ["TOKEN"] = RunningPlatform.CreateToken() });

            Assert.True(exitCode == 0, $"{script.Where}: {errors}");
            Assert.NotEmpty(output);
        }
    }

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
    public void Guide_OfUsers_IsRead(string path, bool isRead) => Assert.Equal(isRead, Guide().IsMatch(path));

    /// <summary>Gives the sentiment model as many inputs as its baseline takes.</summary>
    private async Task FillBaselineAsync()
    {
        using var client = platform.CreateClient();
        for (var first = 0; first < BaselineSize; first += BatchSize)
        {
            using var answer = await client.PostAsJsonAsync("/v1/classify", new { model = "sentiment", input = Enumerable.Range(first, BatchSize).Select(n => string.Create(CultureInfo.InvariantCulture, $"Film {n} was fine.")) });
            answer.EnsureSuccessStatusCode();
        }
    }

    [GeneratedRegex(@"^((README|CONTRIBUTING|models/README)\.md|docs/.+\.md|deploy/(.+/)?README\.md)$")]
    private static partial Regex Guide();

    [GeneratedRegex("sentiment:2|versions/2")]
    private static partial Regex VersionTwo();

    [GeneratedRegex(@"EventId = (?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"\bevents? (?<id>\d{4})((, | and | or )(?<id>\d{4}))*")]
    private static partial Regex NamedEvents();
}
