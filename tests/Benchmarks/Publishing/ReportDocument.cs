using System.Globalization;
using System.Text;
using Benchmarks.Report;

namespace Benchmarks.Publishing;

/// <summary>docs/benchmarks.md: everything that was measured, and where, and with what.</summary>
internal sealed class ReportDocument
{
    public const string ComparisonsTitle = "Ours beside the best of the others";

    /// <summary>Rivals that cannot take part at all, and why.</summary>
    private static readonly (string What, string Reason)[] Absent =
    [
        ("FastAPI, Node: int8 classifiers", "the benchmark's rivals serve the fp32 graph; quantising it well is part of what ours does"),
        ("llama.cpp, ONNX Runtime GenAI: classification", "llama.cpp reads no DistilBERT classifier, and GenAI only generates text"),
        ("llama.cpp: 4 bits of `stories`", "the shipped model comes in fp32 and 8 bits alone, so there is nothing of ours to compare it with"),
        ("PyTorch, transformers.js: many streams", "a loop that takes one request after the other, which gives many streams the same rate as one"),
        ("vLLM, TGI, TEI, Triton", "not installable without a container image or a registry of Python packages"),
    ];

    private readonly Measurements _measurements;

    public ReportDocument(Measurements measurements)
    {
        _measurements = measurements;
        Sections = [.. new ISection[] { new EncoderSection(measurements), new GenerationSection(measurements), new ProxySection(measurements), new TokenizerSection(measurements) }.Where(s => s.IsMeasured)];
        Claims = [.. Sections.SelectMany(s => s.Claims())];
    }

    public IReadOnlyList<ISection> Sections { get; }

    public IReadOnlyList<Claim> Claims { get; }

    private RunFacts Facts => _measurements.Runs[0].Facts;

    /// <summary>Date, machine, commit and kind of run, as one sentence.</summary>
    public string Origin => string.Create(
        CultureInfo.InvariantCulture,
        $"Measured {Facts.Started[..10]} on {Facts.Processor} with {Facts.Cores} cores at commit `{Facts.Commit}`{(Facts.IsQuick ? ", a quick run" : "")}.");

    /// <summary>What a reader must know before believing a figure.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (var (scenario, facts) in _measurements.Runs.Where(r => r.Facts.BusyShare > RunFacts.MostBusy))
            yield return $"The machine was busy: others took {facts.BusyShare:P0} of it when `{scenario}` began. Its figures are not to be trusted.";
        if (_measurements.Runs.Select(r => r.Facts.Commit).Distinct().Count() > 1) yield return "Scenarios were measured at different commits.";
        if (_measurements.Runs.Select(r => (r.Facts.Processor, r.Facts.Cores, r.Facts.Kernel)).Distinct().Count() > 1) yield return "Scenarios were measured on different machines.";
        if (_measurements.Runs.Any(r => r.Facts.Commit.EndsWith('+'))) yield return "Files differed from the commit.";
    }

    public static string ChartPath(string file) => $"images/benchmarks/{file}";

    public override string ToString()
    {
        var text = new StringBuilder($"""
            # Benchmarks

            <!-- Written by ./bench from what it measured; changes by hand are lost. -->

            {Origin} Figures are medians over rounds, with the least and the most in brackets; one without brackets was measured once.
            `./bench` measures all of it again, `./bench --report` writes it again from the same measurements. How each system is set up, what is
            fair and what is not: [tests/Benchmarks](../tests/Benchmarks/README.md).


            """);
        foreach (var warning in Warnings()) text.Append($"> **Warning.** {warning}\n\n");
        Comparisons(text);
        foreach (var section in Sections)
        {
            text.Append($"## {section.Title}\n\n");
            foreach (var (file, chart) in section.Charts()) text.Append($"![{chart.Title}, {chart.Unit}]({ChartPath(file)})\n\n");
            text.Append(section.Tables()).Append('\n');
        }

        NotMeasured(text);
        Machine(text);
        return text.ToString();
    }

    private void Comparisons(StringBuilder text)
    {
        var table = new MarkdownTable(2, Claim.Header);
        foreach (var claim in Claims) table.Add(claim.Cells);
        text.Append($"""
            ## {ComparisonsTitle}

            Below 1 × the other one is better: {Claims.Count(c => c.IsLost)} of {Claims.Count} rows. The best rival is the best of all that ran, each in the configuration that suits it.

            {table}

            """);
    }

    private void NotMeasured(StringBuilder text)
    {
        var table = new MarkdownTable(2, "what", "why");
        foreach (var (what, reason) in Absent) table.Add(what, reason);
        foreach (var failure in _measurements.Failures.Distinct()) table.Add($"{failure.System}: {failure.What}", $"failed: {failure.Reason}");
        text.Append($"## Not measured\n\n{table}\n");
    }

    private void Machine(StringBuilder text)
    {
        var machine = new MarkdownTable(2, "machine", "");
        machine.Add("processor", $"{Facts.Processor}, {Facts.Cores} cores");
        machine.Add("memory", $"{Facts.MemoryGigabytes:0.0} GB");
        machine.Add("system", Facts.Kernel);
        var scenarios = new MarkdownTable(1, "scenario", "began (UTC)", "commit", "load average", "taken by others");
        foreach (var (scenario, f) in _measurements.Runs) scenarios.Add(scenario, f.Started[..16].Replace('T', ' '), f.Commit, $"{f.LoadAverage:0.00}", $"{f.BusyShare:P1}");
        var versions = new MarkdownTable(2, "software", "version");
        foreach (var (name, version) in _measurements.Runs.SelectMany(r => r.Facts.Versions).DistinctBy(v => v).OrderBy(v => v.Key, StringComparer.OrdinalIgnoreCase)) versions.Add(name, version);
        text.Append($"""
            ## Machine and versions

            {machine}
            {scenarios}
            The load average is that of the minute before, in which the benchmark itself built or measured; what others took was watched for three seconds
            in which it did nothing.

            {versions}
            """);
    }
}
