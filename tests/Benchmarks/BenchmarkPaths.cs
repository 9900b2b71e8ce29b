using Testing;

namespace Benchmarks;

internal static class BenchmarkPaths
{
    public static string Source { get; } = Path.Combine(RepositoryPaths.Root, "tests", "Benchmarks");

    public static string Rivals { get; } = Path.Combine(Source, "rivals");

    /// <summary>Made once, kept between runs, never committed: models and the Node rival's packages.</summary>
    public static string Cache { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "transformer-platform",
        "benchmarks");

    /// <summary>Tables and JSON.</summary>
    public static string Results { get; } = Path.Combine(RepositoryPaths.Root, "artifacts", "benchmarks");

    /// <summary>The servers' logs; another harness says where its own go.</summary>
    public static string Logs { get; set; } = Path.Combine(Results, "logs");

    /// <summary>Debian's interpreter, which sees Debian's packages.</summary>
    public const string Python = "/usr/bin/python3";
}
