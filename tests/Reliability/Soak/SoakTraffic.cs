using Reliability.Load;

namespace Reliability.Soak;

/// <summary>Requests of every task, mixed: some streamed, some of low priority, some left by their client, some with a deadline.</summary>
internal sealed class SoakTraffic(int seed, IReadOnlyList<string> routes)
{
    /// <summary>Enough that most texts are in no result cache, and few enough that the tokenizers' caches of words are full before slopes are taken.</summary>
    private const int Numbers = 2_000;

    /// <param name="hasReranker">Whether a model reranks.</param>
    public static IReadOnlyList<string> Routes(bool hasReranker) =>
    [
        TrafficRequest.Predict, TrafficRequest.Classify, TrafficRequest.Embeddings, TrafficRequest.Tokenize, TrafficRequest.Completions, TrafficRequest.Chat, TrafficRequest.Generate,
        TrafficRequest.BatchGenerate, .. hasReranker ? [TrafficRequest.Rerank] : Array.Empty<string>(),
    ];

    /// <summary>The n-th request of a client: the same for a seed on any machine.</summary>
    public TrafficRequest Next(int client, int number)
    {
        var random = new Random(HashCode(seed, client, number));
        var route = routes[random.Next(routes.Count)];
        var text = TrafficLoad.Texts[random.Next(TrafficLoad.Texts.Count)];
        if (random.Next(2) == 0) text = $"{text} {random.Next(Numbers)}";
        var streams = route is TrafficRequest.Completions or TrafficRequest.Chat && random.Next(2) == 0;
        var request = TrafficRequest.To(route, text, tokens: random.Next(4, 48), streams);
        return random.Next(10) switch
        {
            0 => request with { LeaveAfter = TimeSpan.FromMilliseconds(random.Next(1, 300)) },
            1 => request with { Header = $"{TrafficRequest.Deadline}{random.Next(20, 2000)}" },
            2 or 3 => request with { Header = "x-priority: batch" },
            _ => request,
        };
    }

    private static int HashCode(int a, int b, int c) => unchecked((((a * 31) + b) * 1_000_003) + c);
}
