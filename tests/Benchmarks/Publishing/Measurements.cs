using System.Text.Json;
using Benchmarks.Report;

namespace Benchmarks.Publishing;

/// <summary>What scenarios left as JSON, taken together.</summary>
internal sealed class Measurements
{
    /// <summary>What bench writes in place of, or beside, the JSON of a scenario that ended early.</summary>
    public const string FailedSuffix = ".failed";

    public List<(string Scenario, RunFacts Facts)> Runs { get; } = [];

    public List<EngineRow> Engine { get; } = [];

    public List<ResultRow> Encoders { get; } = [];

    public List<TokenizerRow> Tokenizers { get; } = [];

    public List<GenerationRow> Generation { get; } = [];

    /// <summary>By model and system.</summary>
    public SortedDictionary<string, string> Positions { get; } = new(StringComparer.Ordinal);

    public List<ProxyRow> Proxies { get; } = [];

    public List<Failure> Failures { get; } = [];

    /// <exception cref="InvalidDataException">A file is not what a scenario leaves.</exception>
    public static Measurements Read(IEnumerable<string> files)
    {
        var all = new Measurements();
        foreach (var file in files)
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (file.EndsWith(FailedSuffix, StringComparison.Ordinal)) all.Failures.Add(new(name, "the scenario", Failure.Shorten(File.ReadAllText(file))));
            else all.Add(name, File.ReadAllText(file), file);
        }

        return all.Runs.Count > 0 ? all : throw new InvalidDataException("None of the files holds a measurement.");
    }

    internal void Add(string name, string json, string file = "")
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.TryGetProperty("tokenizers", out _)) Add(name, Parse<TableFile>(json));
            else if (document.RootElement.TryGetProperty("positions", out _)) Add(name, Parse<GenerationFile>(json));
            else Add(name, Parse<ProxyFile>(json));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file} is not the JSON of a scenario: {e.Message}", e);
        }
    }

    private static T Parse<T>(string json) => JsonSerializer.Deserialize<T>(json, BenchmarkReport.Format)!;

    private void Add(string name, TableFile file)
    {
        Add(name, file.Run, file.Failures);
        Engine.AddRange(file.Engine);
        Encoders.AddRange(file.Results);
        Tokenizers.AddRange(file.Tokenizers);
    }

    private void Add(string name, GenerationFile file)
    {
        Add(name, file.Run, file.Failures);
        Generation.AddRange(file.Results);
        foreach (var (who, same) in file.Positions) Positions[who] = same;
    }

    private void Add(string name, ProxyFile file)
    {
        Add(name, file.Run, file.Failures);
        Proxies.AddRange(file.Results);
    }

    private void Add(string name, RunFacts? run, Failure[] failures)
    {
        Runs.Add((name, run ?? throw new JsonException("it has no member run")));
        Failures.AddRange(failures);
    }

    private sealed record TableFile(RunFacts Run, EngineRow[] Engine, ResultRow[] Results, TokenizerRow[] Tokenizers, Failure[] Failures);

    private sealed record GenerationFile(RunFacts Run, GenerationRow[] Results, Dictionary<string, string> Positions, Failure[] Failures);

    private sealed record ProxyFile(RunFacts Run, ProxyRow[] Results, Failure[] Failures);
}
