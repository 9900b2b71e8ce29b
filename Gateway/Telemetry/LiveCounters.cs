using System.Collections.Immutable;

namespace Gateway.Telemetry;

/// <summary>What became of the requests for model servers since the gateway started: the totals that <c>/admin/live</c> tells. Each request costs a look at
/// the clock, a search in 64 numbers and two additions.</summary>
internal sealed class LiveCounters
{
    private const double FirstBound = 0.1, Ratio = 1.25;
    private readonly long[] _outcomes = new long[RequestOutcome.All.Length];
    private readonly long[] _latency = new long[LatencyBounds.Length + 1];

    /// <summary>Upper bounds of the latency histogram in milliseconds, 0.1 ms to two minutes; each is a quarter above the one before.</summary>
    public static ImmutableArray<double> LatencyBounds { get; } = [.. Enumerable.Range(0, 64).Select(i => Math.Round(FirstBound * Math.Pow(Ratio, i), 3))];

    /// <param name="outcome">One of <see cref="RequestOutcome.All"/>.</param>
    /// <param name="took">To the end of the answer. Only what succeeded is in the histogram: a refusal is quick and would make the rest look so.</param>
    public void Completed(string outcome, TimeSpan took)
    {
        Interlocked.Increment(ref _outcomes[RequestOutcome.All.IndexOf(outcome)]);
        if (outcome != RequestOutcome.Success) return;
        var bucket = LatencyBounds.BinarySearch(took.TotalMilliseconds);
        Interlocked.Increment(ref _latency[bucket < 0 ? ~bucket : bucket]);
    }

    public Dictionary<string, long> Outcomes() => RequestOutcome.All.Select((outcome, i) => (outcome, Count: Volatile.Read(ref _outcomes[i]))).ToDictionary(o => o.outcome, o => o.Count);

    /// <summary>Requests for each bound, not added up, and then those above the last.</summary>
    public long[] Latency() => [.. Enumerable.Range(0, _latency.Length).Select(i => Volatile.Read(ref _latency[i]))];
}
