namespace Benchmarks.Load;

/// <summary>What one load on one system gave in one round.</summary>
/// <param name="TokensPerSecond">Tokens of the texts answered, special tokens included, padding left out.</param>
/// <param name="P50">Milliseconds at the client.</param>
/// <param name="Errors">Answers other than 200, and broken connections.</param>
/// <param name="CpuPerThousand">CPU seconds of the server's processes per 1,000 answers.</param>
/// <param name="Rss">Resident megabytes of the server's processes at the end.</param>
internal sealed record Measurement(
    double RequestsPerSecond,
    double TokensPerSecond,
    double P50,
    double P99,
    long Errors,
    double CpuSeconds,
    double CpuPerThousand,
    double Rss)
{
    /// <summary>The median of each column; errors are added up.</summary>
    public static Measurement MedianOf(IReadOnlyList<Measurement> rounds) => new(
        Of(rounds, m => m.RequestsPerSecond),
        Of(rounds, m => m.TokensPerSecond),
        Of(rounds, m => m.P50),
        Of(rounds, m => m.P99),
        rounds.Sum(m => m.Errors),
        Of(rounds, m => m.CpuSeconds),
        Of(rounds, m => m.CpuPerThousand),
        Of(rounds, m => m.Rss));

    private static double Of(IReadOnlyList<Measurement> rounds, Func<Measurement, double> column) => Percentiles.Median(rounds.Select(column));
}
