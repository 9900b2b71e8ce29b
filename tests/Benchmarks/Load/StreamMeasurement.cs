namespace Benchmarks.Load;

/// <summary>What one load of streams gave in one round; NaN where a system has no such figure.</summary>
/// <param name="TokensPerSecond">Generated tokens, all streams together.</param>
/// <param name="FirstP50">Milliseconds from sending a request to its first token.</param>
/// <param name="GapP50">Milliseconds between two tokens of a stream, at the client.</param>
/// <param name="Errors">Streams that did not end as they should.</param>
/// <param name="CpuPerThousand">CPU seconds of the server's processes per 1,000 generated tokens.</param>
internal sealed record StreamMeasurement(
    double TokensPerSecond,
    double FirstP50 = double.NaN,
    double FirstP99 = double.NaN,
    double GapP50 = double.NaN,
    double GapP99 = double.NaN,
    long Errors = 0,
    double CpuPerThousand = double.NaN,
    double Rss = double.NaN)
{
    /// <param name="first">In Stopwatch ticks, as the gaps are.</param>
    public static StreamMeasurement Of(double tokensPerSecond, List<long> first, List<long> gaps) => new(
        tokensPerSecond,
        Percentiles.Milliseconds(first, 0.5),
        Percentiles.Milliseconds(first, 0.99),
        Percentiles.Milliseconds(gaps, 0.5),
        Percentiles.Milliseconds(gaps, 0.99));

    /// <summary>The median of each column; errors are added up.</summary>
    public static StreamMeasurement MedianOf(IReadOnlyList<StreamMeasurement> rounds) => new(
        Of(rounds, m => m.TokensPerSecond),
        Of(rounds, m => m.FirstP50),
        Of(rounds, m => m.FirstP99),
        Of(rounds, m => m.GapP50),
        Of(rounds, m => m.GapP99),
        rounds.Sum(m => m.Errors),
        Of(rounds, m => m.CpuPerThousand),
        Of(rounds, m => m.Rss));

    private static double Of(IReadOnlyList<StreamMeasurement> rounds, Func<StreamMeasurement, double> column) => Percentiles.Median(rounds.Select(column));
}
