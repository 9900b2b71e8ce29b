using Benchmarks.Report;
using Testing;

namespace Benchmarks.Publishing;

/// <summary>Writes the report, its plots and the README's part from the JSON of scenarios.</summary>
internal static class PublishCommand
{
    public const string Name = "publish";

    /// <returns>0, or 2 where a file is not what a scenario leaves.</returns>
    public static int Run(string[] files)
    {
        try
        {
            var report = new ReportDocument(Measurements.Read(files));
            Write(report, RepositoryPaths.Root);
            foreach (var warning in report.Warnings()) Console.Error.WriteLine($"WARNING: {warning}");
            Console.WriteLine($"docs/benchmarks.md: {report.Claims.Count} comparisons, {report.Claims.Count(c => c.IsLost)} of them lost.");
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <param name="root">Of the repository.</param>
    internal static void Write(ReportDocument report, string root)
    {
        // First what can refuse.
        var path = Path.Combine(root, "README.md");
        var readme = ReadmeSection.Replace(File.ReadAllText(path), ReadmeSection.Of(report));
        var docs = Path.Combine(root, "docs");
        var images = Path.Combine(docs, "images", "benchmarks");
        if (Directory.Exists(images)) Directory.Delete(images, recursive: true);
        Directory.CreateDirectory(images);
        foreach (var (file, chart) in report.Sections.SelectMany(s => s.Charts())) File.WriteAllText(Path.Combine(images, file), chart.ToSvg());
        File.WriteAllText(Path.Combine(docs, "benchmarks.md"), report.ToString());
        File.WriteAllText(path, readme);
    }
}

/// <summary>Waits until nothing else takes the machine's time.</summary>
internal static class IdleCommand
{
    public const string Name = "idle";

    private const int Attempts = 12;

    /// <returns>0 once it is idle, 3 where it did not become so within a minute.</returns>
    public static int Run()
    {
        for (var attempt = 1; ; attempt++)
        {
            var busy = ProcessorTime.BusyShare(TimeSpan.FromSeconds(5));
            if (busy <= RunFacts.MostBusy) return 0;
            Console.Error.WriteLine($"Others take {busy:P0} of this machine.");
            if (attempt == Attempts) return 3;
        }
    }
}
