using System.Globalization;
using System.Text;
using Reliability.Faults;
using Reliability.Load;

namespace Reliability.Reports;

/// <summary>What a run of faults found.</summary>
/// <param name="clients">Those of the held load.</param>
/// <param name="redis">What spoke Redis' protocol.</param>
internal sealed class FaultReport(int seed, int clients, string redis)
{
    private const int MostShown = 12, LongestDetail = 400;

    public List<FaultResult> Results { get; } = [];

    /// <summary>Faults for which there was no time.</summary>
    public List<string> NotReached { get; } = [];

    /// <summary>Lines of the services' logs that no fault excuses.</summary>
    public List<string> Unforeseen { get; } = [];

    public double Minutes { get; set; }

    public int Seed => seed;

    public bool IsGood => Unforeseen.Count == 0 && Results.All(r => r.IsGood) && Results.Any(r => r.Skipped is null);

    public string ToMarkdown()
    {
        var text = new StringBuilder("## Faults\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Seed {seed}, {clients} clients, {redis}, {Minutes:0.0} minutes. A request is lost when it ends as the fault does not allow.\n\n");
        text.Append("| fault | load, req/s | requests | answered | allowed otherwise | lost | retries | slowest ms | recovery s | verdict |\n|---|--:|--:|--:|---|--:|--:|--:|--:|---|\n");
        foreach (var result in Results) text.Append(Row(result)).Append('\n');
        text.Append('\n');
        foreach (var result in Results.Where(r => r.Notes.Count > 0 || !r.IsGood || r.Skipped is not null)) Describe(text, result);
        if (NotReached.Count > 0) text.Append(CultureInfo.InvariantCulture, $"Not reached in the time given: {string.Join(", ", NotReached)}.\n\n");
        List(text, "Lines of the services' logs that no fault excuses", Unforeseen);
        text.Append(IsGood ? "No promise was broken.\n" : "PROMISES WERE BROKEN.\n");
        return text.ToString();
    }

    private static string Row(FaultResult result)
    {
        if (result.Skipped is not null) return $"| {result.Fault} | | | | | | | | | skipped |";
        var lost = result.Lost.Sum(l => l.Count);
        var others = result.Outcomes.Where(o => o.Key != Outcome.Answered && !result.Lost.Any(l => l.Outcome == o.Key)).OrderBy(o => o.Key).Select(o => $"{o.Value} {o.Key}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {result.Fault} | {result.PerSecond:0} | {result.Outcomes.Values.Sum()} | {result.Outcomes.GetValueOrDefault(Outcome.Answered)} | {string.Join(", ", others)} | {lost} | {result.Retries:0} | {result.Slowest:0} | {result.Recovery:0.0} | {result.Verdict} |");
    }

    private void Describe(StringBuilder text, FaultResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{result.Fault}** ({result.Summary})\n\n");
        if (result.Skipped is { } reason) text.Append(CultureInfo.InvariantCulture, $"- skipped: {reason}\n");
        foreach (var note in result.Notes) text.Append(CultureInfo.InvariantCulture, $"- {note}\n");
        foreach (var violation in result.Violations) text.Append(CultureInfo.InvariantCulture, $"- BROKEN: {violation}\n");
        foreach (var lost in result.Lost.Take(MostShown)) text.Append(CultureInfo.InvariantCulture, $"- LOST: {lost.Count} x {lost.Outcome} on {lost.Route}: {OneLine(lost.Detail)}\n");
        if (result.Lost.Count > MostShown) text.Append(CultureInfo.InvariantCulture, $"- and {result.Lost.Count - MostShown} other kinds\n");
        if (!result.IsGood) text.Append(CultureInfo.InvariantCulture, $"- again: `./test reliability --only {result.Fault} --seed {seed}`\n");
        text.Append('\n');
    }

    private static void List(StringBuilder text, string title, List<string> lines)
    {
        if (lines.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"{title}: {lines.Count}\n\n");
        foreach (var line in lines.Take(MostShown)) text.Append(CultureInfo.InvariantCulture, $"- `{OneLine(line)}`\n");
        text.Append('\n');
    }

    private static string OneLine(string? text)
    {
        var line = (text ?? "").ReplaceLineEndings(" ");
        return line.Length > LongestDetail ? line[..LongestDetail] + "…" : line;
    }
}
