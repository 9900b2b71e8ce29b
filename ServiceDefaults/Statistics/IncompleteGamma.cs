namespace ServiceDefaults.Statistics;

/// <summary>The regularised incomplete gamma function.</summary>
public static class IncompleteGamma
{
    private const double Precision = 1e-16, Tiny = 1e-300;
    private const int MostTerms = 100_000;

    /// <summary>Stirling's series, by odd powers of 1/x.</summary>
    private static readonly double[] Stirling = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156];

    /// <summary>Q(a, x), the upper part: of a chi-square distribution with 2a degrees of freedom what lies above 2x.</summary>
    public static double Upper(double a, double x)
    {
        if (!(x > 0)) return 1;
        if (double.IsPositiveInfinity(x)) return 0;
        var scale = Math.Exp((a * Math.Log(x)) - x - LogGamma(a));
        return Math.Clamp(x < a + 1 ? 1 - (scale * Series(a, x)) : scale * Fraction(a, x), 0, 1);
    }

    /// <summary>The lower part's power series.</summary>
    private static double Series(double a, double x)
    {
        var term = 1 / a;
        var sum = term;
        for (var k = 1; k < MostTerms && term > sum * Precision; k++)
        {
            term *= x / (a + k);
            sum += term;
        }

        return sum;
    }

    /// <summary>The upper part's continued fraction, evaluated from the front (Lentz).</summary>
    private static double Fraction(double a, double x)
    {
        var b = x + 1 - a;
        var (c, d) = (1 / Tiny, 1 / b);
        var value = d;
        for (var k = 1; k < MostTerms; k++)
        {
            var part = k * (a - k);
            b += 2;
            d = 1 / NotZero((part * d) + b);
            c = NotZero(b + (part / c));
            value *= c * d;
            if (Math.Abs((c * d) - 1) < Precision) break;
        }

        return value;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    private static double LogGamma(double x)
    {
        // The series is for large arguments: Γ(x) = Γ(x + 1) / x leads there.
        var shift = 0.0;
        for (; x < 12; x++) shift += Math.Log(x);
        var (sum, power) = (0.0, 1 / x);
        foreach (var coefficient in Stirling)
        {
            sum += coefficient * power;
            power /= x * x;
        }

        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + sum - shift;
    }
}
