using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What a fault did to the platform and its clients.</summary>
/// <param name="Pass">From 0: a run with time left makes another one.</param>
/// <param name="Skipped">Why it did not happen; null where it did.</param>
/// <param name="PerSecond">Requests of the held load that ended, a second.</param>
/// <param name="Outcomes">How they ended.</param>
/// <param name="Slowest">The slowest whole answer, in milliseconds.</param>
/// <param name="Retries">Requests that the gateways sent again.</param>
/// <param name="Recovery">Seconds from when the platform was mended until all was ready again.</param>
/// <param name="Lost">Requests that ended as none may here, each kind with what its clients saw.</param>
/// <param name="Violations">What else was promised and did not hold.</param>
internal sealed record FaultResult(
    string Fault,
    string Summary,
    int Pass,
    string? Skipped,
    double PerSecond,
    IReadOnlyDictionary<Outcome, int> Outcomes,
    double Slowest,
    double Retries,
    double Recovery,
    IReadOnlyList<LostRequests> Lost,
    IReadOnlyList<string> Violations,
    IReadOnlyList<string> Notes)
{
    public bool IsGood => Lost.Count == 0 && Violations.Count == 0;

    public string Verdict => Skipped is not null ? "skipped" : IsGood ? "pass" : "FAIL";

    /// <summary>Why it was skipped, and everything that should not have been, a line each.</summary>
    public IEnumerable<string> Faults() =>
    [
        .. Skipped is { } reason ? [reason] : Array.Empty<string>(),
        .. Violations,
        .. Lost.Select(l => $"{l.Count} x {l.Outcome} on {l.Route}: {l.Detail?.ReplaceLineEndings(" ")}"),
    ];

    public static FaultResult Skip(Fault fault, int pass, string reason)
        => new(fault.Name, fault.Summary, pass, reason, 0, new Dictionary<Outcome, int>(), double.NaN, 0, double.NaN, [], [], []);
}

/// <summary>Requests of one route that were lost in the same way.</summary>
internal sealed record LostRequests(Outcome Outcome, string Route, int Count, string? Detail);

internal static class FaultVerdict
{
    /// <summary>The requests that ended as the fault does not allow.</summary>
    public static IReadOnlyList<LostRequests> Lost(IReadOnlyList<Allowance> allowed, IReadOnlyCollection<Answer> answers)
    {
        List<LostRequests> lost = [];
        foreach (var outcome in answers.Where(a => a.Outcome != Outcome.Answered).GroupBy(a => a.Outcome).OrderBy(g => g.Key))
        {
            // Where more ended so than may, all of them are shown: which of them are too many nobody can say.
            if (allowed.FirstOrDefault(a => a.Outcome == outcome.Key) is { } allowance && outcome.Count() <= allowance.Most) continue;
            lost.AddRange(outcome.GroupBy(a => (a.Route, a.Detail)).Select(g => new LostRequests(outcome.Key, g.Key.Route, g.Count(), g.Key.Detail)));
        }

        return lost;
    }

    /// <summary>Routes of the held load on which nothing was answered: a fault that stops the load proves nothing.</summary>
    public static IEnumerable<string> Silent(IReadOnlyList<string> routes, IReadOnlyCollection<Answer> answers)
        => routes.Where(r => !answers.Any(a => a.Route == r && a.Outcome == Outcome.Answered)).Select(r => $"nothing was answered on {r}");
}
