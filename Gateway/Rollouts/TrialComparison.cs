using System.Globalization;

namespace Gateway.Rollouts;

/// <summary>Compares a version under trial with the one it may replace.</summary>
/// <param name="Tried">What the version under trial answered since the trial began.</param>
/// <param name="Baseline">What the other one answered lately.</param>
internal sealed record TrialComparison(Trial Trial, VersionTotals Tried, VersionTotals Baseline)
{
    /// <summary>How improbable it must be that chance alone made a version look worse than is allowed.</summary>
    private const double Significance = 0.01;

    /// <summary>The part of the requests that met nothing else on the machine. A slower version is slower for them too; load that came with the switch moves the median alone.</summary>
    private const double Undisturbed = 0.1;

    public static TrialComparison Of(Trial trial, ModelReports reports)
        => new(trial, reports.CountsOf(trial.Version, trial.Id), trial.Baseline is { } baseline ? reports.CountsOf(baseline) : VersionTotals.Of([]));

    /// <returns>Why the version under trial is worse than is allowed, as a sentence with its numbers; null where it is not, or where too little is known.</returns>
    public string? Fault(RolloutPolicy policy)
    {
        if (Tried.Requests >= policy.MinRequests && IsAbove(Tried.Errors, Tried.Requests, Baseline.ErrorRate + policy.MaxErrorRate))
            return Text($"Version {Trial.Version} failed {Tried.Errors} of {Tried.Requests} requests ({Percent(Tried.ErrorRate)}), version {Trial.Baseline} {Baseline.Errors} of {Baseline.Requests} ({Percent(Baseline.ErrorRate)}).");
        if (Math.Min(Tried.Measured, Baseline.Measured) >= policy.MinLatencyRequests && IsSlower(0.5, policy) && IsSlower(Undisturbed, policy))
            return Text($"Half of the requests took version {Trial.Version} longer than {Milliseconds(Tried)} ms, version {Trial.Baseline} {Milliseconds(Baseline)} ms: more than {policy.MaxLatencyRatio} times as long.");
        if (Tried.Shadow is { } shadow && shadow.Compared >= policy.MinRequests && IsAbove(shadow.Compared - shadow.Agreed, shadow.Compared, 1 - policy.MinAgreement))
            return Text($"Version {Trial.Version} agreed with version {Trial.Baseline} in {shadow.Agreed} of {shadow.Compared} answers ({Percent((double)shadow.Agreed / shadow.Compared)}), which is less than {Percent(policy.MinAgreement)}.");
        return null;
    }

    /// <summary>Whether a rate lies above the allowed one, by Chernoff's bound of the binomial tail: with n requests of which each fails with probability p, k or
    /// more fail with a probability of at most exp(−n·D), D being the relative entropy of k/n and p. It holds for few requests and for millions alike.</summary>
    internal static bool IsAbove(long events, long of, double allowed)
    {
        var rate = (double)events / of;
        if (rate <= allowed) return false;
        if (allowed <= 0) return true;
        var entropy = (rate * Math.Log(rate / allowed)) + (rate < 1 ? (1 - rate) * Math.Log((1 - rate) / (1 - allowed)) : 0);
        return Math.Exp(-of * entropy) <= Significance;
    }

    private bool IsSlower(double part, RolloutPolicy policy) => Tried.QuantileSeconds(part) > policy.MaxLatencyRatio * Baseline.QuantileSeconds(part);

    private static double Milliseconds(VersionTotals totals) => Math.Round(totals.MedianSeconds()!.Value * 1000, 2);

    private static string Percent(double part) => Text($"{Math.Round(part * 100, 2)} %");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
