using System.Text.RegularExpressions;

namespace Deployment.Tests.Images;

/// <summary>What holds for the Dockerfile of every service.</summary>
internal static partial class DockerfileRules
{
    private static readonly string[] Labels = [.. new[] { "title", "description", "version", "revision", "source", "licenses" }.Select(l => $"org.opencontainers.image.{l}")];

    /// <param name="version">The platform's.</param>
    /// <returns>What is wrong, one sentence each.</returns>
    public static IEnumerable<string> Faults(Dockerfile file, string version)
    {
        var final = file.Final;
        if (final.LastOrDefault(i => i.Name == "USER") is not { Text: var user } || !NumericUser().IsMatch(user)) yield return "The final stage does not end as a numbered user other than root.";
        if (final.SingleOrDefault(i => i.Name == "ENTRYPOINT")?.Exec() is not ["dotnet", ..]) yield return "The entry point is not dotnet in exec form.";
        if (final.Any(i => i.Name is "CMD" or "HEALTHCHECK" or "SHELL" or "RUN")) yield return "The final stage needs a shell.";
        if (final.SingleOrDefault(i => i.Name == "STOPSIGNAL")?.Text != "SIGTERM") yield return "The image is not stopped by SIGTERM.";
        if (!final.Any(i => i.Name == "EXPOSE" && i.Text.Split(' ')[0] == "8080")) yield return "Port 8080 is not exposed.";
        if (Dockerfile.Values(final, "ENV").GetValueOrDefault("Secrets__Folder") != "/run/secrets") yield return "Secrets are not read from /run/secrets.";
        if (final.Any(i => i.Name is "COPY" or "ADD" && i.Text.Contains("--ch", StringComparison.Ordinal))) yield return "The service may change its own files.";
        foreach (var label in Labels.Except(Dockerfile.Values(final, "LABEL").Keys)) yield return $"There is no label {label}.";
        foreach (var name in new[] { "ENV", "ARG", "LABEL" }.SelectMany(kind => Dockerfile.Values(file.Instructions, kind).Keys).Where(n => Secret().IsMatch(n) && n != "Secrets__Folder"))
            yield return $"{name} would put a secret into the image.";
        if (file.Stages.Any(s => Dockerfile.Values(s, "ARG").TryGetValue("VERSION", out var named) && named != version)) yield return $"The version is not {version} by default.";
        foreach (var image in Dockerfile.Values(file.Instructions.TakeWhile(i => i.Name != "FROM"), "ARG").Values.Where(v => v.Contains('/', StringComparison.Ordinal)))
            if (!image.Contains(':', StringComparison.Ordinal) || image.EndsWith(":latest", StringComparison.Ordinal)) yield return $"{image} names no version.";
    }

    [GeneratedRegex(@"^[1-9]\d*(:[1-9]\d*)?$")]
    private static partial Regex NumericUser();

    [GeneratedRegex("key|secret|password|token|credential|connectionstring", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
