using ServiceDefaults.Statistics;

namespace ServiceDefaults.Drift;

/// <summary>How a model server watches; it tells them with its samples, so that whoever merges several decides as each of them does.</summary>
/// <param name="Window">The most of the latest observations that are compared.</param>
/// <param name="BaselineSize">The first observations, with which they are compared.</param>
/// <param name="MinSamples">The fewest observations that are compared.</param>
/// <param name="LookEvery">Observations from one comparison to the next.</param>
/// <param name="Alpha">The chance of a false alarm within <paramref name="Horizon"/> observations.</param>
public sealed record DriftSettings(int Window, int BaselineSize, int MinSamples, int LookEvery, double Alpha, int Horizon, Correction Correction)
{
    /// <summary>The level of one comparison: all those of a horizon share <see cref="Alpha"/> (Bonferroni), however much their windows overlap.</summary>
    public double AlphaOfALook => Alpha * LookEvery / Math.Max(Horizon, LookEvery);
}
