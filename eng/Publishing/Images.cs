namespace Publishing;

/// <summary>Builds the images by the Dockerfiles, with the container engine that is there.</summary>
internal sealed class Images(string root, string engine)
{
    public static string? FindEngine() => new[] { "docker", "podman" }.FirstOrDefault(IsThere);

    public Task BuildAsync(Flavour flavour, string runtime, PlatformBuild build)
    {
        string[] arguments =
        [
            "build", ".", "-f", Path.Combine(flavour.Project, "Dockerfile"), "-t", flavour.Tag(build.Version), "--platform", runtime == "linux-arm64" ? "linux/arm64" : "linux/amd64",
            "--build-arg", $"VERSION={build.Version}", "--build-arg", $"REVISION={build.Revision}", "--build-arg", $"SOURCE={build.Source}",
            // The gateway's knows no such argument.
            .. flavour.Project == "ModelServer" ? ["--build-arg", $"DEVICE={flavour.Device}"] : Array.Empty<string>(),
        ];
        return Command.RunAsync(root, engine, arguments);
    }

    private static bool IsThere(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)));
}
