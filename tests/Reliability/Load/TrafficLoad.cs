using System.Collections.Concurrent;
using Benchmarks;
using Reliability.Cluster;

namespace Reliability.Load;

/// <summary>Closed-loop clients that keep the platform busy until the load is disposed of.</summary>
internal sealed class TrafficLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly Task _running;
    private int _phase = -1;

    /// <param name="next">The n-th request of a client.</param>
    public TrafficLoad(FaultCluster cluster, int clients, Func<int, int, TrafficRequest> next)
    {
        var door = new FrontDoor(cluster);
        System.Net.IPEndPoint[] gateways = [.. cluster.Gateways.Select(g => g.Endpoint)];
        _running = Task.WhenAll(
        [
            door.WatchAsync(_end.Token),
            .. Enumerable.Range(0, clients).Select(i =>
            {
                // Half of them have an API key, which Redis alone knows.
                var client = new TrafficClient(i, gateways, door, Gate, () => i % 2 == 0 ? cluster.Authority.InferenceToken : cluster.ApiKey, n => next(i, n), Keep);
                return Task.Run(() => client.RunAsync(_end.Token), CancellationToken.None);
            }),
        ]);
    }

    /// <summary>Sentences that requests are made of.</summary>
    public static IReadOnlyList<string> Texts { get; } = File.ReadAllLines(Path.Combine(BenchmarkPaths.Source, "Corpus", "SampleSentences.txt"));

    public TrafficGate Gate { get; } = new();

    /// <summary>Whom answers belong to from now on.</summary>
    public int Phase
    {
        get => Volatile.Read(ref _phase);
        set => Volatile.Write(ref _phase, value);
    }

    public IReadOnlyCollection<Answer> Answers => _answers;

    /// <summary>The load that is held while faults happen: a third of the clients on each route, every second text a new one, so that the cache does not
    /// answer for the engine alone.</summary>
    /// <param name="seed">Gives other texts.</param>
    public static TrafficLoad Hold(FaultCluster cluster, int clients, int seed) => new(cluster, clients, (client, number) =>
    {
        var route = TrafficRequest.Held[client % TrafficRequest.Held.Count];
        var text = Texts[(int)(((uint)seed + ((uint)client * 7919) + (uint)number) % Texts.Count)];
        if (number % 2 == 1) text = $"{text} {seed} {client} {number}";
        return TrafficRequest.To(route, text, tokens: 48, isStream: route == TrafficRequest.Completions);
    });

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Gate.Open();
        await _running;
        _end.Dispose();
    }

    private void Keep(Answer answer) => _answers.Enqueue(answer with { Phase = Phase });
}
