using System.Net.Http.Headers;
using System.Text.Json;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>A thousand streams opened and dropped at random moments, beside clients that ask for predictions: rows, memory and handles return to where they were.</summary>
internal sealed class DroppedStreams(ScenarioInputs inputs) : IScenario
{
    private const int Streams = 1000, AtOnce = 32, Tokens = 128, Rounds = 3, Others = 4;

    /// <summary>The longest that a client stays; a whole stream takes longer while so many are read.</summary>
    private const int MostMilliseconds = 1000;

    /// <returns>0, or 1 where something did not come back.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var texts = inputs.Sentences.Texts;
        using var server = await new DirectServer().StartAsync(new ModelVariant("shipped", "fp32", RepositoryPaths.Models, ""), cancellation);
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) } };
        var table = new TextTable(1, "streams", "dropped", "read", "generated", "wasted", "never generated", "rows left", "handles", "rss MB", "verdict");
        var (first, before, isGood) = (default(ServerState?), await ServerState.ReadAsync(server, client, cancellation), true);
        for (var round = 0; round <= Rounds; round++)
        {
            var (dropped, read) = await DropAsync(server, texts, round, cancellation);
            var after = await ServerState.ReadAsync(server, client, cancellation);
            var (generated, wasted) = (after.Generated - before.Generated, after.Wasted - before.Wasted);
            // A row is taken away between two steps: what is wasted is at most the step under way.
            var good = wasted <= dropped && read <= generated + wasted && after.HasLevelledOff(first ?? after);
            isGood &= good;
            table.Add(
                round == 0 ? $"{Streams}, the baseline" : $"{Streams}", $"{dropped}", $"{read}", $"{generated}", $"{wasted}", $"{((long)Streams * Tokens) - generated - wasted}", $"{after.Rows}",
                $"{after.Handles}", $"{after.Rss:0}", good ? "ok" : "MISSED");
            (first, before) = (first ?? after, after);
        }

        table.Write(Console.Out);
        return isGood ? 0 : 1;
    }

    /// <returns>Streams that were left before their end, and events that were read of all.</returns>
    private static async Task<(int Dropped, long Read)> DropAsync(RunningServer server, IReadOnlyList<string> texts, int round, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var others = Enumerable.Range(0, Others).Select(i => AskAsync(server, texts, i, end.Token)).ToArray();
        var (dropped, read) = (0, 0L);
        await Parallel.ForEachAsync(Enumerable.Range(0, Streams), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (number, _) =>
        {
            var random = new Random((round * Streams) + number);
            var body = JsonSerializer.SerializeToUtf8Bytes(new { model = "stories", prompt = texts[random.Next(texts.Count)], max_tokens = Tokens, ignore_eos = true, stream = true });
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            leave.CancelAfter(random.Next(MostMilliseconds));
            using var connection = new StreamConnection(server.Endpoint);
            var answer = await connection.SendAsync(RequestSet.Post("/v1/completions", server.Endpoint.ToString(), server.Token, body, noCache: false), leave.Token);
            Interlocked.Add(ref read, answer.Times.Count);
            if (!answer.IsComplete) Interlocked.Increment(ref dropped);
        });
        await end.CancelAsync();
        await Task.WhenAll(others);
        return (dropped, read);
    }

    private static async Task AskAsync(RunningServer server, IReadOnlyList<string> texts, int index, CancellationToken end)
    {
        using var connection = new HttpConnection(server.Endpoint);
        for (var i = index; !end.IsCancellationRequested; i++)
            await connection.SendAsync(RequestSet.Post("/predict", server.Endpoint.ToString(), server.Token, JsonSerializer.SerializeToUtf8Bytes(new { text = texts[i % texts.Count] })), end);
    }
}
