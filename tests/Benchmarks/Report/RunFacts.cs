using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Report;

/// <summary>Where, when and with what a scenario was measured; part of its JSON.</summary>
/// <param name="Started">UTC.</param>
/// <param name="Commit">Of this checkout, with <c>+</c> behind it where files differ from it; <c>unknown</c> outside of git.</param>
/// <param name="MemoryGigabytes">Of the machine.</param>
/// <param name="LoadAverage">Of the last minute when it began; building beforehand raises it.</param>
/// <param name="BusyShare">Of all cores' time, what others took in the seconds before it began: 0 to 1.</param>
/// <param name="Versions">Of everything that is measured, by name.</param>
internal sealed record RunFacts(
    string Started,
    string Commit,
    bool IsQuick,
    string Processor,
    int Cores,
    double MemoryGigabytes,
    string Kernel,
    double LoadAverage,
    double BusyShare,
    IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>More than this, and figures are not to be trusted.</summary>
    public const double MostBusy = 0.1;

    private static readonly TimeSpan Observed = TimeSpan.FromSeconds(3);

    /// <summary>Watches the machine for some seconds, so nothing of the measurement may have begun.</summary>
    public static RunFacts Capture(BenchmarkOptions options)
    {
        var busy = ProcessorTime.BusyShare(Observed);
        if (busy > MostBusy) Console.Error.WriteLine($"WARNING: others take {busy:P0} of this machine; figures measured now are not to be trusted.");
        return new(
            DateTime.UtcNow.ToString("O"),
            CommitNow(),
            options.Quick,
            ProcessorName(),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30),
            CommandOutput.Of("uname", "-sr") is { } kernel ? $"{RuntimeInformation.OSDescription}, {kernel}" : RuntimeInformation.OSDescription,
            LoadAverageNow(),
            busy,
            Report.Versions.Capture());
    }

    public static string ProcessorName()
        => File.Exists("/proc/cpuinfo") && File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':') + 2)..]
            : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>What is measured does not depend on documents, and writing the report changes some.</summary>
    private static string CommitNow()
        => CommandOutput.Of("git", "rev-parse", "--short=12", "HEAD") is not { } commit ? "unknown"
            : CommandOutput.Of("git", "status", "--porcelain", "--untracked-files=no", "--", ":!docs", ":!*.md") is { Length: > 0 } ? commit + "+"
            : commit;

    private static double LoadAverageNow()
        => File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : double.NaN;
}
