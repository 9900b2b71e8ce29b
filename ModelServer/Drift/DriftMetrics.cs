using System.Diagnostics.Metrics;

namespace ModelServer.Drift;

/// <summary>What this server's own comparisons say. Label values are versions that were watched and features of a fixed set.</summary>
internal sealed class DriftMetrics
{
    public DriftMetrics(IMeterFactory meters, DriftWatches watches)
    {
        var meter = meters.Create("ModelServer");
        meter.CreateObservableGauge(
            "model.drift.statistic",
            () => watches.All.SelectMany(w => (w.Look?.Features ?? []).Select(f => new Measurement<double>(f.Statistic, new("model", w.Reference), new("feature", f.Feature)))),
            unit: null, "How far the latest inputs and answers are from the first: Kolmogorov and Smirnov's statistic, for classes chi-square's.");
        meter.CreateObservableGauge(
            "model.drift.alarm",
            () => watches.All.Where(w => w.Look is { Features: not [] }).Select(w => new Measurement<int>(w.Look is { IsAlarm: true } ? 1 : 0, new KeyValuePair<string, object?>("model", w.Reference))),
            unit: null, "1 while the latest inputs or answers differ from the first by more than chance, else 0.");
    }
}
