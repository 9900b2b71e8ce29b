using System.Text.RegularExpressions;
using AppHost.Tests.Clients;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>What the documents tell users to run does run, against the platform of these tests.</summary>
[Collection(PlatformCollection.Name)]
public partial class DocumentedCommandsTests(RunningPlatform platform)
{
    private const string Address = "http://localhost:8080";
    private static readonly string[] Documents = [Path.Combine(RepositoryPaths.Root, "README.md"), .. Directory.GetFiles(Path.Combine(RepositoryPaths.Root, "docs"), "*.md")];

    [NeedsFact(Need.Curl)]
    public async Task Commands_ThatCallTheGateway_Succeed()
    {
        var commands = Blocks("sh").Where(block => block.Contains($"curl {Address}", StringComparison.Ordinal) || block.Contains($"curl -N {Address}", StringComparison.Ordinal)).ToArray();
        Assert.True(commands.Length >= 8, $"{commands.Length} commands were found.");
        foreach (var command in commands)
        {
            var script = Here(command).Replace("$(./token)", "$TOKEN", StringComparison.Ordinal).Replace("$(./token --scope admin)", "$ADMIN", StringComparison.Ordinal).Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal);

            var (exitCode, output, errors) = await ChildCommand.RunAsync("bash", ["-eu"], script, Environment());

            Assert.True(exitCode == 0, $"{command}\n{output}\n{errors}");
            Assert.NotEmpty(output);
            if (command.Contains("\"stream\": true", StringComparison.Ordinal)) Assert.EndsWith("data: [DONE]\n\n", output, StringComparison.Ordinal);
        }
    }

    [NpmClientsFact]
    public async Task Scripts_WithTheNpmClient_Succeed()
    {
        var scripts = Blocks("js").ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            var (exitCode, output, errors) = await NpmClients.RunModuleAsync(Here(script), Environment());

            Assert.True(exitCode == 0, $"{script}\n{errors}");
            Assert.NotEmpty(output);
        }
    }

    private static IEnumerable<string> Blocks(string language)
        => Documents.SelectMany(file => Block().Matches(File.ReadAllText(file))).Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["text"].Value);

    private static Dictionary<string, string> Environment() => new() { ["TOKEN"] = RunningPlatform.CreateToken(), ["ADMIN"] = RunningPlatform.CreateToken("admin") };

    private string Here(string text)
    {
        using var client = platform.CreateClient(null);
        return text.Replace(Address, client.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
