using System.Numerics;

namespace ServiceDefaults.Statistics;

/// <summary>The two-sample Kolmogorov–Smirnov test, two-sided: do two samples come from one continuous distribution? With ties the p-value is too large, never too small.</summary>
public static class KolmogorovSmirnov
{
    /// <summary>Up to this many values in the larger sample the p-value is exact.</summary>
    public const int MostExact = 10_000;

    /// <param name="first">Sorted, not empty.</param>
    /// <param name="second">Sorted, not empty.</param>
    public static TestResult Test(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var (m, n) = (first.Length, second.Length);
        if (m == 0 || n == 0) throw new ArgumentException("A sample has at least one value.", m == 0 ? nameof(first) : nameof(second));
        // Differences of the two distribution functions are whole multiples of 1 / lcm(m, n).
        var divisor = (int)BigInteger.GreatestCommonDivisor(m, n);
        long a = n / divisor, b = m / divisor;
        var largest = Largest(first, second, a, b);
        var statistic = largest / ((double)a * m);
        return new(statistic, Math.Max(m, n) <= MostExact ? Exact(m, n, a, b, largest) : Asymptotic(statistic, Math.Round((double)m * n / (m + n))));
    }

    /// <summary>The largest difference of the distribution functions, in parts of the least common multiple.</summary>
    private static long Largest(ReadOnlySpan<float> first, ReadOnlySpan<float> second, long a, long b)
    {
        long largest = 0;
        for (int i = 0, j = 0; i < first.Length && j < second.Length;)
        {
            var value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] <= value) i++;
            while (j < second.Length && second[j] <= value) j++;
            largest = Math.Max(largest, Math.Abs((i * a) - (j * b)));
        }

        return largest;
    }

    /// <summary>Of all orders in which the values of two such samples can come, the part in which the difference reaches <paramref name="reached"/>.</summary>
    private static double Exact(int m, int n, long a, long b, long reached)
    {
        if (reached == 0) return 1;
        if (m < n) (m, n, a, b) = (n, m, b, a);
        // touched[j]: of the orders of the first i and j values, the part that reached the difference; each ends with one of the i or of the j values,
        // in proportion to their numbers. Everything is added, so that small parts are as exact as large ones.
        var (touched, reciprocals) = (new double[n + 1], new double[m + n + 1]);
        for (var k = 1; k < reciprocals.Length; k++) reciprocals[k] = 1.0 / k;
        for (var j = 0; j <= n; j++) touched[j] = j * b >= reached ? 1 : 0;
        for (var i = 1; i <= m; i++)
        {
            var low = (int)Math.Max(0, FloorOf((i * a) - reached, b) + 1);
            var high = (int)Math.Min(n, -FloorOf(-((i * a) + reached), b) - 1);
            if (low > 0) touched[low - 1] = 1;
            var before = touched[Math.Max(low, 1) - 1];
            for (var j = Math.Max(low, 1); j <= high; j++)
            {
                var one = reciprocals[i + j];
                touched[j] = before = (i * one * touched[j]) + (j * one * before);
            }
        }

        return touched[n];
    }

    private static long FloorOf(long value, long divisor) => (value - (((value % divisor) + divisor) % divisor)) / divisor;

    /// <summary>Kolmogorov's limit with Vrbik's correction for a finite size, whose error is below 1e-5 from a size of 1,000 on.</summary>
    private static double Asymptotic(double statistic, double size)
    {
        var root = Math.Sqrt(size);
        var z = statistic * root;
        z += (1 / (6 * root)) + ((z - 1) / (4 * size));
        if (z < 0.2) return 1;
        var (sum, sign) = (0.0, 1.0);
        for (var k = 1; k <= 100; k++, sign = -sign)
        {
            var term = Math.Exp(-2 * k * k * z * z);
            sum += sign * term;
            if (term < 1e-18 * sum) break;
        }

        return Math.Clamp(2 * sum, 0, 1);
    }
}

/// <param name="PValue">How often chance alone makes the statistic this large.</param>
public readonly record struct TestResult(double Statistic, double PValue);
