namespace Benchmarks.Autoscaling;

/// <summary>Random numbers of the distributions that queueing models use.</summary>
internal static class Draws
{
    // Beyond it e^-mean is lost in rounding; a sum of two Poisson numbers is one.
    private const double LargestMean = 500;

    public static double Exponential(Random random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <param name="variation">The standard deviation over the mean.</param>
    public static double LogNormal(Random random, double mean, double variation)
    {
        var variance = Math.Log(1 + (variation * variation));
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return mean * Math.Exp((Math.Sqrt(variance) * normal) - (variance / 2));
    }

    /// <summary>The number of events of a Poisson process (Knuth's product of uniforms).</summary>
    public static int Poisson(Random random, double mean)
    {
        if (mean > LargestMean) return Poisson(random, mean / 2) + Poisson(random, mean / 2);
        var (limit, product, count) = (Math.Exp(-mean), random.NextDouble(), 0);
        for (; product > limit; count++) product *= random.NextDouble();
        return count;
    }
}
