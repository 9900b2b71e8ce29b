using System.Globalization;
using Benchmarks.Scenarios;

namespace Benchmarks;

/// <summary>What the command line asked for.</summary>
internal sealed record BenchmarkOptions
{
    private const string Others = """
          --quick                  fewer loads and clients, two short rounds (below 9 minutes)
          --only a,b               engine server gateway fastapi node tokenizer
          --models a,b             tiny distil
          --precisions a,b         fp32 int8
          --loads a,b              sentences mix
          --clients a,b            1,16,64,256
          --seconds N              measured seconds of each load
          --rounds N               how often everything is measured in turn
          --minutes N              no round begins that would end later than so many minutes after the first began
          --deadline-ms N          of the overload's requests (x-deadline-ms); 0: none
          --out FILE               where the JSON goes (default artifacts/benchmarks/latest.json)
        """;

    public static string Usage => string.Join('\n', [.. ScenarioChoice.Help(), Others]);

    public bool Quick { get; init; }

    public string Scenario { get; init; } = ScenarioChoice.Default.Name;

    public string[] Only { get; init; } = ["engine", "server", "gateway", "fastapi", "node", "tokenizer"];

    public string[] Models { get; init; } = ["tiny", "distil"];

    public string[] Precisions { get; init; } = ["fp32", "int8"];

    public string[] Loads { get; init; } = ["sentences", "mix"];

    public int[] Clients { get; init; } = [1, 16, 64, 256];

    public double Seconds { get; init; } = 8;

    public int Rounds { get; init; } = 3;

    /// <summary>No round begins that would end later; the first one always does.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.MaxValue;

    public int FuzzCount { get; init; } = 10_000;

    public int DeadlineMilliseconds { get; init; }

    public string Out { get; init; } = Path.Combine(BenchmarkPaths.Results, "latest.json");

    /// <summary>Another checkout of this repository, its services built for release.</summary>
    public string Checkout { get; init; } = "";

    /// <summary>Recorded traffic to simulate instead of the usual ones.</summary>
    public string Trace { get; init; } = "";

    public TimeSpan Measured => TimeSpan.FromSeconds(Seconds);

    /// <exception cref="ArgumentException">An option is unknown or has a bad value.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var options = args.Contains("--quick") ? new() { Quick = true, Clients = [1, 64], Seconds = 2.5, Rounds = 2, Limit = TimeSpan.FromMinutes(8.5) } : new BenchmarkOptions();
        var words = new CommandLine(args);
        while (words.TryTakeOption(out var name))
        {
            options = name switch
            {
                "--quick" => options,
                "--only" => options with { Only = words.Names(options.Only) },
                "--models" => options with { Models = words.Names(options.Models) },
                "--precisions" => options with { Precisions = words.Names(options.Precisions) },
                "--loads" => options with { Loads = words.Names(options.Loads) },
                "--clients" => options with { Clients = [.. words.Value().Split(',').Select(int.Parse)] },
                "--seconds" => options with { Seconds = double.Parse(words.Value(), CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = words.Count() },
                "--minutes" => options with { Limit = TimeSpan.FromMinutes(double.Parse(words.Value(), CultureInfo.InvariantCulture)) },
                "--deadline-ms" => options with { DeadlineMilliseconds = words.Count() },
                "--out" => options with { Out = Path.GetFullPath(words.Value()) },
                _ when ScenarioChoice.Named.FirstOrDefault(s => $"--{s.Name}" == name) is { } scenario => scenario.Choose(options, words) with { Scenario = scenario.Name },
                _ => throw new ArgumentException($"Unknown option {name}."),
            };
        }

        return options;
    }

    /// <summary>The names, clients and rounds of text generation.</summary>
    public BenchmarkOptions ForGeneration() => this with
    {
        Only = ["engine", "server", "gateway", "torch", "node", "llama", "genai"],
        Models = ["stories", "decoder"],
        Precisions = ["fp32", "int8", "nb8", "q4"],
        Loads = ["mix", "decode", "prefill", "arrivals", "first"],
        Clients = Quick ? [1, 16] : [1, 4, 16, 64],
        Rounds = Quick ? 1 : Rounds,
    };
}
