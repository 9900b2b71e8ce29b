using System.Diagnostics.Metrics;
using Gateway.Telemetry;

namespace Gateway.Rollouts;

/// <summary>What rollouts show of themselves. Models and versions are labels here: there are as many as model servers have.</summary>
internal sealed class RolloutMetrics
{
    private readonly Counter<long> _rollouts;

    public RolloutMetrics(IMeterFactory meters, RolloutBoard board)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        _rollouts = meter.CreateCounter<long>("gateway.rollouts", "{change}", "Changes of what is active or tried, made by this gateway, by action.");
        // Prometheus sees an increase only of a series that was there before.
        foreach (var action in RolloutActions.All) _rollouts.Add(0, new KeyValuePair<string, object?>("action", action));
        meter.CreateObservableGauge("gateway.rollout.active", () => board.All.Values.SelectMany(Active), "{version}", "1 for the version of each model that is active.");
        meter.CreateObservableGauge("gateway.rollout.traffic", () => board.All.Values.SelectMany(Traffic), "%", "The part of the callers that a version answers by the model's bare name.");
    }

    /// <param name="action">One of <see cref="RolloutActions"/>.</param>
    public void Happened(string action) => _rollouts.Add(1, new KeyValuePair<string, object?>("action", action));

    private static IEnumerable<Measurement<int>> Active(Rollout rollout)
        => rollout.Active is { } active ? [new(1, new("model", rollout.Model), new("version", active))] : [];

    private static IEnumerable<Measurement<double>> Traffic(Rollout rollout)
        => rollout.Shares().Select(s => new Measurement<double>(s.Percent, new("model", rollout.Model), new("version", s.Version)));
}

internal static class RolloutShares
{
    /// <summary>Lists the versions that answer the bare name, with the part of the callers that each is for.</summary>
    public static IEnumerable<(string Version, double Percent)> Shares(this Rollout rollout)
    {
        if (rollout.Active is not { } active) yield break;
        var canary = rollout.Trial is { Stage: TrialStage.Canary } trial ? trial : null;
        yield return (active, Math.Round(100 - (canary?.Percent ?? 0), 2));
        if (canary is not null) yield return (canary.Version, canary.Percent);
    }
}
