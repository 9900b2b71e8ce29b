using System.Globalization;
using System.Text;
using Benchmarks.Load;
using Reliability.Load;
using Reliability.Soak;

namespace Reliability.Reports;

/// <summary>A line of the table of slopes.</summary>
/// <param name="First">The median of the samples' first tenth; <paramref name="Last"/> that of the last.</param>
internal sealed record SlopeRow(string Process, string Figure, string Unit, double First, double Last, double Most, double PerHour, double Low, double High, double Limit, bool IsGood);

/// <summary>What a soak found.</summary>
internal sealed class SoakReport(int seed, TimeSpan time, int clients, string redis)
{
    /// <summary>The part of a soak in which caches, heaps and pools fill, and which no slope is taken of.</summary>
    private const double FirstPart = 0.4;

    /// <summary>The shortest soak whose slopes are judged: what a shorter one's second part shows is still the filling of heaps.</summary>
    public static readonly TimeSpan ShortestJudged = TimeSpan.FromMinutes(15);

    /// <summary>What clients of a soak may see: nothing is killed but Redis.</summary>
    private static readonly Outcome[] Allowed = [Outcome.Answered, Outcome.Left, Outcome.TimedOut, Outcome.Refused];

    public List<SlopeRow> Slopes { get; } = [];

    public List<SoakSeries> Series { get; } = [];

    public List<string> Violations { get; } = [];

    public List<string> Unforeseen { get; } = [];

    public SortedDictionary<string, Dictionary<Outcome, int>> Routes { get; } = [];

    public Dictionary<string, ProcessFigures> End { get; } = [];

    public (long? Before, long? After) Subscriptions { get; set; }

    public double Seconds { get; set; }

    public int Switches { get; private set; }

    public int Restarts { get; private set; }

    public bool AreSlopesJudged => time >= ShortestJudged;

    public bool IsGood => Violations.Count == 0 && Unforeseen.Count == 0 && (!AreSlopesJudged || Slopes.All(s => s.IsGood));

    public void Take(IReadOnlyCollection<SoakSeries> series, IReadOnlyCollection<Answer> answers, IReadOnlyList<string> routes, SoakEvents events)
    {
        Series.AddRange(series);
        Slopes.AddRange(series.OrderBy(s => s.Process, StringComparer.Ordinal).Select(s => Row(s, time * FirstPart)));
        foreach (var route in answers.GroupBy(a => a.Route)) Routes[route.Key] = route.CountBy(a => a.Outcome).ToDictionary();
        foreach (var lost in answers.Where(a => !Allowed.Contains(a.Outcome)).GroupBy(a => (a.Outcome, a.Route, a.Detail)))
            Violations.Add($"{lost.Count()} x {lost.Key.Outcome} on {lost.Key.Route}: {lost.Key.Detail}");
        foreach (var silent in routes.Where(r => Routes.GetValueOrDefault(r)?.GetValueOrDefault(Outcome.Answered) is not > 0)) Violations.Add($"nothing was answered on {silent}");
        (Switches, Restarts) = (events.Switches, events.Restarts);
        Violations.AddRange(events.Violations);
        if (Switches == 0) Violations.Add("no version was switched");
        if (Restarts == 0) Violations.Add("Redis was never restarted");
    }

    public static SlopeRow Row(SoakSeries series, TimeSpan from)
    {
        var (values, slope) = (series.Samples.Select(s => s.Value).ToArray(), series.Slope(from));
        var tenth = Math.Max(1, values.Length / 10);
        // Without a slope nothing is known, which is not good.
        return new(
            series.Process, series.Figure, series.Unit, Percentiles.Median(values.Take(tenth)), Percentiles.Median(values.TakeLast(tenth)), values.Max(), slope.Slope, slope.Low, slope.High, series.MostPerHour,
            slope.Slope <= series.MostPerHour);
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder("## Soak\n\n");
        var requests = Routes.Values.Sum(r => r.Values.Sum());
        text.Append(
            CultureInfo.InvariantCulture,
            $"Seed {seed}, {time.TotalMinutes:0.#} minutes, {clients} clients, {requests} requests ({requests / Math.Max(1, Seconds):0} a second), {Switches} version switches, {Restarts} times Redis killed or paused ({redis}). Slopes are Theil–Sen over the last {1 - FirstPart:P0} of the time, with the interval of 95 %.\n\n");
        text.Append("| process | figure | first | last | most | an hour | interval | limit | verdict |\n|---|---|--:|--:|--:|--:|--:|--:|---|\n");
        foreach (var row in Slopes)
        {
            var verdict = !AreSlopesJudged ? "not judged" : row.IsGood ? "pass" : "FAIL";
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {row.Process} | {row.Figure}{(row.Unit.Length > 0 ? $", {row.Unit}" : "")} | {row.First:0.#} | {row.Last:0.#} | {row.Most:0.#} | {row.PerHour:+0.#;-0.#;0} | {row.Low:+0.#;-0.#;0} to {row.High:+0.#;-0.#;0} | {row.Limit:0} | {verdict} |\n");
        }

        if (!AreSlopesJudged) text.Append(CultureInfo.InvariantCulture, $"\nShorter than {ShortestJudged.TotalMinutes:0} minutes: the slopes are told and not judged.\n");
        text.Append("\n| route | requests | outcomes |\n|---|--:|---|\n");
        foreach (var (route, outcomes) in Routes) text.Append(CultureInfo.InvariantCulture, $"| {route} | {outcomes.Values.Sum()} | {string.Join(", ", outcomes.OrderBy(o => o.Key).Select(o => $"{o.Value} {o.Key}"))} |\n");
        text.Append(CultureInfo.InvariantCulture, $"\nSubscriptions in Redis: {Subscriptions.Before?.ToString(CultureInfo.InvariantCulture) ?? "not told"} at the start, {Subscriptions.After?.ToString(CultureInfo.InvariantCulture) ?? "not told"} at the end.\n\n");
        foreach (var violation in Violations) text.Append(CultureInfo.InvariantCulture, $"- BROKEN: {violation.ReplaceLineEndings(" ")}\n");
        foreach (var line in Unforeseen) text.Append(CultureInfo.InvariantCulture, $"- UNFORESEEN: {line.ReplaceLineEndings(" ")}\n");
        text.Append(IsGood ? "\nNo promise was broken.\n" : "\nPROMISES WERE BROKEN.\n");
        return text.ToString();
    }
}
