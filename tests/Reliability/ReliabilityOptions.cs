using System.Globalization;
using Reliability.Faults;
using Testing;
// A package of that name has a namespace of it.
using CommandWords = Benchmarks.CommandLine;

namespace Reliability;

/// <summary>What the command line asked for.</summary>
internal sealed record ReliabilityOptions
{
    /// <summary>Names of <c>--only</c> that are no fault's.</summary>
    private const string FaultPart = "faults", SoakPart = "soak";

    public static string Usage => $"""
        ./test reliability [options]: every fault while a load is held (about 10 minutes), then a soak of mixed traffic.
          --only a,b           {FaultPart}, {SoakPart}, or faults by name (--list)
          --minutes N          for the faults: passes in other orders until N minutes are over, or as many faults as N minutes allow (default: one pass)
          --soak-minutes N     for the soak (default 30; from 15 on the slopes are judged)
          --seed S             gives the order of the faults, their victims, times and texts (default: one that is printed)
          --out DIR            where reports, logs and files go (default artifacts/reliability)
          --list               the names of all faults, and what happens
        """;

    public int Seed { get; init; } = Random.Shared.Next(1, 100_000);

    /// <summary>Empty: all.</summary>
    public string[] Only { get; init; } = [];

    /// <summary>Null: one pass.</summary>
    public TimeSpan? FaultTime { get; init; }

    public TimeSpan SoakTime { get; init; } = TimeSpan.FromMinutes(30);

    public string Out { get; init; } = Path.Combine(RepositoryPaths.Root, "artifacts", "reliability");

    public bool WantsSoak => Only is [] || Only.Contains(SoakPart);

    public bool WantsFaults => FaultCatalog.All.Any(f => Includes(f.Name));

    public bool Includes(string fault) => Only is [] || Only.Contains(FaultPart) || Only.Contains(fault);

    /// <exception cref="ArgumentException">An option is unknown or has a bad value.</exception>
    public static ReliabilityOptions Parse(string[] args)
    {
        var options = new ReliabilityOptions();
        var words = new CommandWords(args);
        while (words.TryTakeOption(out var name))
        {
            options = name switch
            {
                "--only" => options with { Only = words.Names([FaultPart, SoakPart, .. FaultCatalog.All.Select(f => f.Name)]) },
                "--minutes" => options with { FaultTime = Minutes(name, words.Value()) },
                "--soak-minutes" => options with { SoakTime = Minutes(name, words.Value()) },
                "--seed" => options with { Seed = int.TryParse(words.Value(), CultureInfo.InvariantCulture, out var seed) ? seed : throw new ArgumentException("--seed must be a whole number.") },
                "--out" => options with { Out = Path.GetFullPath(words.Value()) },
                _ => throw new ArgumentException($"Unknown option {name}."),
            };
        }

        return options;
    }

    private static TimeSpan Minutes(string option, string value)
        => double.TryParse(value, CultureInfo.InvariantCulture, out var minutes) && minutes is > 0 and <= 24 * 60
            ? TimeSpan.FromMinutes(minutes)
            : throw new ArgumentException($"{option} must be a number of minutes, at most {24 * 60}.");
}
