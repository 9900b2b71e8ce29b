using AppHost.Tests.Clients;
using AppHost.Tests.Platform;

namespace AppHost.Tests.Docs;

/// <summary>The running platform's API document as a file in a folder of its own, for programs to read and to write beside.</summary>
internal sealed class DocumentFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Folder => _folder.Path;

    public string Path => System.IO.Path.Combine(Folder, "v1.json");

    public static async Task<DocumentFile> OfAsync(RunningPlatform platform)
    {
        using var client = platform.CreateClient(null);
        var file = new DocumentFile();
        await File.WriteAllTextAsync(file.Path, await client.GetStringAsync("/openapi/v1.json"));
        return file;
    }

    /// <summary>What programs that call the platform are told.</summary>
    public static Dictionary<string, string> Environment(RunningPlatform platform)
    {
        using var client = platform.CreateClient(null);
        return new()
        {
            ["URL"] = client.BaseAddress!.ToString().TrimEnd('/'),
            ["TOKEN"] = RunningPlatform.CreateToken("infer admin models:read metrics"),
            // The tools ask nobody.
            ["REDOCLY_TELEMETRY"] = "off",
            ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true",
            ["KIOTA_OFFLINE_ENABLED"] = "true",
            ["KIOTA_CLI_TELEMETRY_OPTOUT"] = "true",
        };
    }

    /// <summary>Runs a program that must end well.</summary>
    /// <returns>What it wrote.</returns>
    public static async Task<string> RunAsync(RunningPlatform platform, string folder, string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await ChildCommand.RunAsync(program, arguments, "", Environment(platform), folder);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}\n{errors}");
        return output;
    }

    public void Dispose() => _folder.Dispose();
}
