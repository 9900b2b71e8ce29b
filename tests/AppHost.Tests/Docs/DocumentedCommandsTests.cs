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

    public static TheoryData<string> RunnableBlocks() => [.. Guides.Blocks.Where(block => CommandTable.Runnable(block).Any()).Select(block => block.Where)];

    [NeedsTheory(Need.Curl)]
    [MemberData(nameof(RunnableBlocks))]
    public async Task Commands_OfABlock_Succeed(string where)
    {
        var commands = CommandTable.Runnable(Guides.Blocks.Single(block => block.Where == where)).ToArray();
        await using var second = commands.Any(command => VersionTwo().IsMatch(command)) ? await AddedVersion.OfAsync(platform) : null;
        if (commands.Any(command => command.Contains("baseline.json", StringComparison.Ordinal))) await FillBaselineAsync();
        using var folder = new CommandFolder(platform);

        foreach (var command in commands)
        {
            var (exitCode, output, errors) = await folder.RunAsync(command);

            Assert.True(exitCode == 0, $"{where}: {command}\n{output}\n{errors}");
            if (command.Contains("\"stream\": true", StringComparison.Ordinal)) Assert.Matches(@"(data: \[DONE\]|event: response\.(completed|incomplete)\ndata: .*)\n\n$", output);
        }
    }

    [NpmClientsFact]
    public async Task Scripts_WithTheNpmClient_Succeed()
    {
        using var client = platform.CreateClient(null);
        var scripts = Guides.Blocks.Where(block => block.Language == "js").ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var text = script.Text.Replace(Address, client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);

            var (exitCode, output, errors) = await NpmClients.RunModuleAsync(text, new Dictionary<string, string> { ["TOKEN"] = RunningPlatform.CreateToken() });

            Assert.True(exitCode == 0, $"{script.Where}: {errors}");
            Assert.NotEmpty(output);
        }
    }

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

    [GeneratedRegex("sentiment:2|versions/2")]
    private static partial Regex VersionTwo();
}
