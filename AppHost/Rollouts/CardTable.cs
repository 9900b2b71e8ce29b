using System.Globalization;

namespace AppHost.Rollouts;

/// <summary>Cards as a table for people: a row for each version, replicas where they differ, a line for what is being tried.</summary>
internal static class CardTable
{
    private const string Gap = "  ";
    private static readonly string[] Head = ["MODEL", "VERSION", "STATE", "ROLE", "TRAFFIC", "MEMORY", "REASON"];

    public static IEnumerable<string> Of(IReadOnlyCollection<ModelCard> cards)
    {
        if (cards.Count == 0) return ["There is no model."];
        var rows = cards.Select(card => (Card: card, Rows: card.Versions.SelectMany((version, i) => Rows(card, version, isFirst: i == 0)).ToArray())).ToArray();
        var widths = Head.Select((head, column) => rows.SelectMany(r => r.Rows).Select(row => row[column].Length).Append(head.Length).Max()).ToArray();
        return [Line(Head, widths), .. rows.SelectMany(r => r.Rows.Select(row => Line(row, widths)).Concat(Trial(r.Card)))];
    }

    /// <summary>What is being tried and how it does, as one line.</summary>
    public static string Words(ModelTrial trial)
    {
        var stage = trial.Stage switch
        {
            "loading" => $"is being loaded, to {Purpose(trial)}",
            "probation" => $"is active and watched until {Time(trial.Until)}",
            "canary" => $"is a canary of {Number(trial.Percent ?? 0)} %{(trial.Until is { } until ? $" until {Time(until)}" : "")}",
            "shadow" => "is a shadow",
            var other => $"is in {other}",
        };
        return trial.Comparison is { } comparison ? $"{stage}: {Words(comparison)}" : stage;
    }

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Words(TrialComparison comparison)
    {
        List<string> parts =
        [
            $"{comparison.Requests} requests, {comparison.Errors} errors ({Number(100 * comparison.ErrorRate)} %, otherwise {Number(100 * comparison.BaselineErrorRate)} %)",
        ];
        if (comparison.LatencyMs is { } latency) parts.Add($"{Number(latency)} ms{(comparison.BaselineLatencyMs is { } baseline ? $" (otherwise {Number(baseline)} ms)" : "")}");
        if (comparison.Shadow is { Compared: > 0 } shadow) parts.Add($"{Number(100 * (shadow.Agreement ?? 0))} % of {shadow.Compared} answers agree");
        return string.Join(", ", parts);
    }

    private static string Purpose(ModelTrial trial) => trial.Goal switch
    {
        "activate" => "become active",
        "canary" => $"be a canary of {Number(trial.Percent ?? 0)} %",
        "shadow" => "be a shadow",
        _ => "be ready",
    };

    private static IEnumerable<string[]> Rows(ModelCard card, CardVersion version, bool isFirst)
    {
        var differ = version.Replicas.DistinctBy(r => (r.State, r.Reason)).Count() > 1;
        yield return
        [
            isFirst ? card.Id : "", version.Version, version.State, version.Role ?? "", version.TrafficPercent > 0 ? $"{Number(version.TrafficPercent)} %" : "",
            Memory(version.MemoryBytes), differ ? "" : Reason(version.Reason),
        ];
        if (!differ) yield break;
        foreach (var replica in version.Replicas) yield return ["", "", replica.State, $"on {replica.Replica}", "", Memory(replica.MemoryBytes), Reason(replica.Reason)];
    }

    private static IEnumerable<string> Trial(ModelCard card) => card.Trial is { } trial ? [$"{Gap}{card.Id}:{trial.Version} {Words(trial)}"] : [];

    private static string Line(string[] cells, int[] widths) => string.Join(Gap, cells.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd();

    private static string Memory(long? bytes) => bytes is { } known ? $"{(known / 1e6).ToString("#,0.#", CultureInfo.InvariantCulture)} MB" : "";

    /// <summary>A reason may come from a model's files: nothing in it moves the cursor.</summary>
    private static string Reason(string? reason) => reason is null ? "" : string.Concat(reason.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Time(DateTimeOffset? time) => time?.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "an administrator ends it";
}
