using System.Diagnostics;
using System.Net;
using Benchmarks.Load;
using Reliability.Cluster;
using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What a fault works with, and where it says what it found.</summary>
/// <param name="random">Seeded by the run and the fault's name: the same whichever faults happen beside it.</param>
internal sealed class FaultContext(FaultCluster cluster, TrafficLoad load, Random random, CancellationToken cancellation)
{
    /// <summary>A hostile text may have an id for each of its letters.</summary>
    private const int LongestAnswer = 8 * 1024 * 1024;

    private readonly List<string> _violations = [];
    private readonly List<string> _notes = [];
    private long _mendedAt;

    public FaultCluster Cluster => cluster;

    public TrafficLoad Load => load;

    public Random Random => random;

    public CancellationToken Cancellation => cancellation;

    /// <summary>What was promised and did not hold.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>What the report should tell.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>A model server that the gateways reach without a proxy.</summary>
    public ServiceInstance AnyReplica() => Pick(cluster.Replicas[..^1]);

    public ServiceInstance AnyGateway() => Pick(cluster.Gateways);

    public TimeSpan Seconds(double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));

    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), cancellation);

    /// <summary>From now on the platform has all that it needs: what it takes until it is well again is its recovery.</summary>
    public void Mended() => _mendedAt = Stopwatch.GetTimestamp();

    /// <summary>Since <see cref="Mended"/>; the fault's end where it did not say so.</summary>
    public TimeSpan SinceMended()
    {
        if (_mendedAt == 0) Mended();
        return Stopwatch.GetElapsedTime(_mendedAt);
    }

    public void Require(bool holds, string otherwise)
    {
        if (!holds) _violations.Add(otherwise);
    }

    public void Note(string text) => _notes.Add(text);

    /// <summary>Waits until something holds.</summary>
    /// <param name="otherwise">What was promised, for the report where it does not come to hold.</param>
    /// <returns>Whether it did.</returns>
    public async Task<bool> EventuallyAsync(Func<Task<bool>> condition, double seconds, Func<string> otherwise)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > seconds)
            {
                _violations.Add($"within {seconds} s not: {otherwise()}");
                return false;
            }

            await Task.Delay(100, cancellation);
        }

        return true;
    }

    /// <summary>Sends requests beside the held load, so many at a time, through the gateways in turn.</summary>
    /// <returns>How they ended, and how long each took.</returns>
    public async Task<IReadOnlyList<SentRequest>> SendAsync(IEnumerable<TrafficRequest> requests, int atOnce)
    {
        var ended = new System.Collections.Concurrent.ConcurrentBag<SentRequest>();
        await Parallel.ForEachAsync(requests.Select((request, i) => (request, i)), new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellation }, async (next, _) =>
        {
            var gateway = cluster.Gateways[next.i % cluster.Gateways.Length].Endpoint;
            ended.Add(await SendAsync(next.i, gateway, next.request));
        });
        return [.. ended];
    }

    /// <summary>How many ended in which way, as text.</summary>
    public static string Count(IEnumerable<Outcome> outcomes) => string.Join(", ", outcomes.CountBy(o => o).OrderBy(o => o.Key).Select(o => $"{o.Value} {o.Key}"));

    private T Pick<T>(T[] all) => all[random.Next(all.Length)];

    private async Task<SentRequest> SendAsync(int number, IPEndPoint gateway, TrafficRequest request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(request.LeaveAfter ?? TimeSpan.FromSeconds(60));
        var bytes = RequestSet.Post(request.Route, gateway.ToString(), cluster.Authority.InferenceToken, request.Body, request.Header, noCache: false);
        var start = Stopwatch.GetTimestamp();
        if (request.IsStream)
        {
            using var stream = new StreamConnection(gateway);
            var streamed = await stream.SendAsync(bytes, limit.Token);
            var ending = streamed.IsComplete ? Outcome.Answered : streamed.IsCutWithAWord ? Outcome.ErrorEvent : limit.IsCancellationRequested ? Outcome.Left : Outcomes.Of(streamed.Status == 200 ? 0 : streamed.Status, streamed.HasRetryAfter);
            return new(number, ending, streamed.Status, Stopwatch.GetElapsedTime(start), streamed.Failure);
        }

        using var connection = new HttpConnection(gateway, LongestAnswer);
        var answer = await connection.SendAsync(bytes, limit.Token);
        var outcome = answer.Status == 0 && request.LeaveAfter is not null && limit.IsCancellationRequested ? Outcome.Left : Outcomes.Of(answer.Status, answer.RetryAfter >= 0);
        return new(number, outcome, answer.Status, Stopwatch.GetElapsedTime(start), answer.Status == 0 ? connection.Failure : null);
    }
}

/// <param name="Number">Its place among those that were sent, from 0.</param>
/// <param name="Status">0 where no answer came.</param>
/// <param name="Failure">Why none came.</param>
internal sealed record SentRequest(int Number, Outcome Outcome, int Status, TimeSpan Took, string? Failure);
