using System.Runtime.CompilerServices;

namespace Testing;

/// <summary>Where tests find the repository's own files and, when present, the larger fixture sets beside it.</summary>
public static class RepositoryPaths
{
    public static string Root { get; } = FindRoot();

    public static string Models => Path.Combine(Root, "models");

    /// <summary>The folder named by the variable <c>FIXTURES</c>, default <c>../shared</c>; null where neither exists.</summary>
    public static string? Fixtures { get; } = FindFixtures();

    private static string FindRoot([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private static string? FindFixtures()
    {
        var folder = Environment.GetEnvironmentVariable("FIXTURES") is { Length: > 0 } named ? named : Path.Combine(Root, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
