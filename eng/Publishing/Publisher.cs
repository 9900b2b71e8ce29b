using System.Text.Json;

namespace Publishing;

/// <summary>Publishes services as their images hold them, from the packages that the lock files name, beside what a developer builds and never in it.</summary>
/// <param name="root">The repository.</param>
/// <param name="runtime"><c>linux-x64</c> or <c>linux-arm64</c>.</param>
internal sealed class Publisher(string root, string runtime)
{
    public async Task<PublishedFolder> PublishAsync(Flavour flavour, string folder)
    {
        // What an earlier one left there would be counted, and deployed.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        await Command.RunAsync(
            root, "dotnet", "publish", ProjectFile(flavour), "-c", "Release", "-r", runtime, "-o", folder, "--artifacts-path", BuildFolder(flavour),
            "-v", "q", "--nologo", $"-p:Device={flavour.Device}", "-p:PublishModels=false", "-p:RestoreLockedMode=true", "-p:UseSharedCompilation=false");
        return new(folder);
    }

    /// <summary>Resolves packages without building: the native libraries that publishing would put beside the service.</summary>
    public async Task<FileInfo[]> NativeLibrariesAsync(Flavour flavour)
    {
        using var resolved = JsonDocument.Parse(await Command.RunAsync(
            root, "dotnet", "msbuild", ProjectFile(flavour), "-restore", "-t:ResolvePackageAssets", "-getItem:NativeCopyLocalItems", "-p:Configuration=Release", $"-p:RuntimeIdentifier={runtime}",
            $"-p:ArtifactsPath={BuildFolder(flavour)}", $"-p:Device={flavour.Device}", "-p:RestoreLockedMode=true"));
        return [.. resolved.RootElement.GetProperty("Items").GetProperty("NativeCopyLocalItems").EnumerateArray().Select(i => new FileInfo(i.GetProperty("FullPath").GetString()!))];
    }

    /// <summary>Writes which packages are in what was published, as CycloneDX, from what the build has resolved: without asking anyone.</summary>
    public async Task WriteBillOfMaterialsAsync(Flavour flavour, string version, string file)
    {
        await Command.RunAsync(root, "dotnet", "tool", "restore");
        await Command.RunAsync(
            root, "dotnet", "CycloneDX", ProjectFile(flavour), "--base-intermediate-output-path", BuildFolder(flavour), "--disable-package-restore",
            "--framework", "net10.0", "--runtime", runtime, "--output-format", "Json", "--output", Path.GetDirectoryName(file)!, "--filename", Path.GetFileName(file),
            "--set-name", flavour.Repository, "--set-version", version + flavour.Suffix, "--set-type", "Application");
    }

    private static string ProjectFile(Flavour flavour) => Path.Combine(flavour.Project, $"{flavour.Project}.csproj");

    private string BuildFolder(Flavour flavour) => Path.Combine(root, "artifacts", "build", flavour.Device);
}
