using System.Globalization;

namespace Benchmarks;

/// <summary>What the command line asked for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        tests/Benchmarks/run [options]                    the table: engine, our server, our gateway, FastAPI, Node, tokenizers
        tests/Benchmarks/run --generate [options]         the table of text generation; its own names come behind it:
                                                     engine server gateway torch node, stories decoder, fp32 int8 q4
        tests/Benchmarks/run --overload|--fuzz [N]|--cache|--proxy|--faults|--drops|--leave|--limits   one of the other scenarios
        tests/Benchmarks/run --against DIR [options]      this checkout beside another one that is built, in turn;
                                                     models: distil stories gateway
          --quick                  fewer loads and clients, two short rounds (below 9 minutes)
          --only a,b               engine server gateway fastapi node tokenizer
          --models a,b             tiny distil
          --precisions a,b         fp32 int8
          --loads a,b              sentences mix
          --clients a,b            1,16,64,256
          --seconds N              measured seconds of each load
          --rounds N               how often everything is measured in turn
          --deadline-ms N          of the overload's requests (x-deadline-ms); 0: none
          --out FILE               where the JSON goes (default artifacts/benchmarks/latest.json)
        """;

    public bool Quick { get; init; }

    public string Scenario { get; init; } = "table";

    public string[] Only { get; init; } = ["engine", "server", "gateway", "fastapi", "node", "tokenizer"];

    public string[] Models { get; init; } = ["tiny", "distil"];

    public string[] Precisions { get; init; } = ["fp32", "int8"];

    public string[] Loads { get; init; } = ["sentences", "mix"];

    public int[] Clients { get; init; } = [1, 16, 64, 256];

    public double Seconds { get; init; } = 8;

    public int Rounds { get; init; } = 3;

    public int FuzzCount { get; init; } = 10_000;

    public int DeadlineMilliseconds { get; init; }

    public string Out { get; init; } = Path.Combine(BenchmarkPaths.Results, "latest.json");

    /// <summary>Another checkout of this repository, its services built for release.</summary>
    public string Checkout { get; init; } = "";

    public TimeSpan Measured => TimeSpan.FromSeconds(Seconds);

    /// <exception cref="ArgumentException">An option is unknown or has a bad value.</exception>
    public static BenchmarkOptions Parse(string[] args)
    {
        var options = args.Contains("--quick") ? new() { Quick = true, Clients = [1, 64], Seconds = 2.5, Rounds = 2 } : new BenchmarkOptions();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var name))
        {
            options = name switch
            {
                "--quick" => options,
                "--generate" => options.ForGeneration(),
                "--overload" => options with { Scenario = "overload" },
                "--proxy" => options with { Scenario = "proxy" },
                "--faults" => options with { Scenario = "faults" },
                "--drops" => options with { Scenario = "drops" },
                "--against" => options with { Scenario = "against", Checkout = Path.GetFullPath(Value()), Models = ["distil", "stories", "gateway"] },
                "--leave" => options with { Scenario = "leave" },
                "--limits" => options with { Scenario = "limits" },
                "--cache" => options with { Scenario = "cache" },
                "--fuzz" => options with { Scenario = "fuzz", FuzzCount = rest.TryPeek(out var n) && !n.StartsWith('-') ? Count() : options.FuzzCount },
                "--only" => options with { Only = Names(options.Only) },
                "--models" => options with { Models = Names(options.Models) },
                "--precisions" => options with { Precisions = Names(options.Precisions) },
                "--loads" => options with { Loads = Names(options.Loads) },
                "--clients" => options with { Clients = [.. Value().Split(',').Select(int.Parse)] },
                "--seconds" => options with { Seconds = double.Parse(Value(), CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = Count() },
                "--deadline-ms" => options with { DeadlineMilliseconds = Count() },
                "--out" => options with { Out = Path.GetFullPath(Value()) },
                _ => throw new ArgumentException($"Unknown option {name}."),
            };

            string Value() => rest.TryDequeue(out var value) ? value : throw new ArgumentException($"{name} needs a value.");
            int Count() => int.Parse(Value(), CultureInfo.InvariantCulture);
            string[] Names(string[] known)
            {
                var asked = Value().Split(',');
                return asked.Except(known).FirstOrDefault() is { } unknown ? throw new ArgumentException($"{name}: {unknown} is not one of {string.Join(", ", known)}.") : asked;
            }
        }

        return options;
    }

    private BenchmarkOptions ForGeneration() => this with
    {
        Scenario = "generate",
        Only = ["engine", "server", "gateway", "torch", "node"],
        Models = ["stories", "decoder"],
        Precisions = ["fp32", "int8", "q4"],
        Clients = Quick ? [1, 16] : [1, 4, 16, 64],
        Rounds = Quick ? 1 : Rounds,
    };
}
