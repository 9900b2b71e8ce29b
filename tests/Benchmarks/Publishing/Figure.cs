using System.Globalization;
using Benchmarks.Load;

namespace Benchmarks.Publishing;

/// <summary>A median over rounds with the least and the most of them.</summary>
internal sealed record Figure(double Median, double Least, double Most, int Rounds)
{
    /// <summary>Null where no round has a value.</summary>
    public static Figure? Of(IEnumerable<double> rounds)
    {
        double[] values = [.. rounds.Where(double.IsFinite)];
        return values.Length == 0 ? null : new(Percentiles.Median(values), values.Min(), values.Max(), values.Length);
    }

    /// <summary><c>34.2 (33.9–34.6)</c>; the median alone where there was one round.</summary>
    public override string ToString() => Rounds == 1 ? Number(Median) : $"{Number(Median)} ({Number(Least)}–{Number(Most)})";

    /// <summary>Three digits that count, more only in front of the point.</summary>
    public static string Number(double value)
        => value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);
}
