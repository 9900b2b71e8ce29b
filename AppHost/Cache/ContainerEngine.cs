using System.Diagnostics;

namespace AppHost.Cache;

/// <summary>A container engine of this machine, and whether it can really run an image.</summary>
internal sealed class ContainerEngine(string name, string program)
{
    private const int OldestPodman = 5;
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pulls = TimeSpan.FromSeconds(90);

    /// <summary>As Aspire's <c>ASPIRE_CONTAINER_RUNTIME</c> names it.</summary>
    public string Name => name;

    /// <summary>The engine that the environment names, else every one on the PATH, in the order of Aspire's preference.</summary>
    public static IEnumerable<ContainerEngine> Installed()
    {
        var configured = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? Environment.GetEnvironmentVariable("DOTNET_ASPIRE_CONTAINER_RUNTIME");
        string[] names = configured is { Length: > 0 } ? [configured] : ["docker", "podman"];
        return names.Select(name => (name, Program: ProgramPath.Find(name))).Where(found => found.Program is not null).Select(found => new ContainerEngine(found.name, found.Program!));
    }

    /// <summary>It answers and is new enough for the orchestrator.</summary>
    public bool Answers() => IsNewEnough() && Run(AnswersWithin, "info") is not null;

    /// <summary>It answers, is new enough for the orchestrator, and has the image or can get it. Having its client alone is not enough.</summary>
    /// <param name="say">Told when the image has to be fetched, which takes a while.</param>
    public bool CanRun(string image, Action<string> say)
    {
        if (!Answers()) return false;
        if (Run(AnswersWithin, "image", "inspect", image) is not null) return true;
        say($"Fetching {image} (once) …");
        return Run(Pulls, "pull", "--quiet", image) is not null;
    }

    /// <summary>Podman also goes by the name of docker, and says so here.</summary>
    private bool IsNewEnough()
    {
        if (Run(AnswersWithin, "--version") is not { } version) return false;
        return !version.StartsWith("podman version ", StringComparison.OrdinalIgnoreCase)
            || (Version.TryParse(version["podman version ".Length..].Split('-', ' ', '\n')[0].Trim(), out var podman) && podman.Major >= OldestPodman);
    }

    /// <returns>What it wrote; null when it failed, could not be run or took longer than <paramref name="limit"/>.</returns>
    private string? Run(TimeSpan limit, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            if (process.WaitForExit(limit)) return process.ExitCode == 0 && output.Wait(limit) ? output.Result : null;
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
