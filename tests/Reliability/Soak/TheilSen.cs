namespace Reliability.Soak;

/// <summary>How fast something grows, whatever single samples do: the median of the slopes between all pairs of samples.</summary>
/// <param name="Slope">By one unit of x.</param>
/// <param name="Low">The lower end of its interval of 95 % (Sen 1968), for samples that are independent of each other.</param>
internal readonly record struct TheilSen(double Slope, double Low, double High)
{
    private const double Normal95 = 1.96;

    /// <returns>NaN where there are fewer than two samples at different x.</returns>
    public static TheilSen Of(IReadOnlyList<(double X, double Y)> samples)
    {
        List<double> slopes = new(samples.Count * (samples.Count - 1) / 2);
        for (var i = 0; i < samples.Count; i++)
        {
            for (var j = i + 1; j < samples.Count; j++)
            {
                if (samples[j].X != samples[i].X) slopes.Add((samples[j].Y - samples[i].Y) / (samples[j].X - samples[i].X));
            }
        }

        if (slopes.Count == 0) return new(double.NaN, double.NaN, double.NaN);
        slopes.Sort();
        var median = slopes.Count % 2 == 1 ? slopes[slopes.Count / 2] : (slopes[(slopes.Count / 2) - 1] + slopes[slopes.Count / 2]) / 2;
        // The rank of the ends, by the variance of Kendall's statistic without ties.
        double n = samples.Count;
        var width = Normal95 * Math.Sqrt(n * (n - 1) * ((2 * n) + 5) / 18);
        return new(median, At((slopes.Count - width) / 2), At((slopes.Count + width) / 2));

        double At(double rank) => slopes[(int)Math.Clamp(Math.Round(rank), 0, slopes.Count - 1)];
    }
}
