using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Benchmarks.Load;

namespace Benchmarks.Faults;

/// <summary>A client of one route that sends one request after the other and never the same one again.</summary>
/// <param name="route">One of <see cref="Routes"/>.</param>
internal sealed class FaultClient(int index, string route, string token, IReadOnlyList<IPEndPoint> gateways, FrontDoor door, IReadOnlyList<string> texts, Func<int> phase)
{
    public const string Predict = "/predict", Embeddings = "/v1/embeddings", Completions = "/v1/completions";

    private const int Tokens = 48;
    private const int MostShown = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<FaultAnswer> _answers = [];

    public static IReadOnlyList<string> Routes { get; } = [Predict, Embeddings, Completions];

    public IReadOnlyList<FaultAnswer> Answers => _answers;

    public async Task RunAsync(CancellationToken end)
    {
        HttpConnection[] whole = [.. gateways.Select(g => new HttpConnection(g))];
        StreamConnection[] streams = [.. gateways.Select(g => new StreamConnection(g))];
        try
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                var gateway = door.Choose(index);
                // A client that is sent elsewhere leaves nothing open behind: its gateway may be another process when it comes back.
                for (var other = 0; other < gateways.Count; other++)
                {
                    if (other == gateway) continue;
                    whole[other].Dispose();
                    streams[other].Dispose();
                }

                var request = RequestSet.Post(route, gateways[gateway].ToString(), token, Body(i), noCache: false);
                using var patience = new CancellationTokenSource(Patience);
                var start = Stopwatch.GetTimestamp();
                var (ending, failure) = route == Completions
                    ? await StreamAsync(streams[gateway], request, patience.Token)
                    : await AskAsync(whole[gateway], request, patience.Token);
                _answers.Add(new(phase(), route, Stopwatch.GetTimestamp() - start, ending, failure is null ? null : $"gateway {gateway + 1}: {failure}"));
                // A broken platform must not turn the clients into a flood.
                if (failure is not null) await Task.Delay(10, CancellationToken.None);
            }
        }
        finally
        {
            foreach (var connection in whole) connection.Dispose();
            foreach (var connection in streams) connection.Dispose();
        }
    }

    private static async Task<(Ending, string?)> AskAsync(HttpConnection connection, byte[] request, CancellationToken patience)
    {
        var answer = await connection.SendAsync(request, patience);
        if (answer.Status == 200) return (Ending.Whole, null);
        return (Ending.Failed, answer.Status == 0 ? connection.Failure : Encoding.UTF8.GetString(connection.LastAnswer[..Math.Min(connection.LastAnswer.Length, MostShown)]));
    }

    private static async Task<(Ending, string?)> StreamAsync(StreamConnection connection, byte[] request, CancellationToken patience)
    {
        var answer = await connection.SendAsync(request, patience);
        return answer switch
        {
            { IsComplete: true, Failure: null } => (Ending.Whole, null),
            { IsCutWithAWord: true } => (Ending.CutWithAWord, answer.Failure),
            { Failure: { } failure } => (Ending.Failed, $"{failure} ({answer.Times.Count} events)"),
            _ => (Ending.Failed, "The stream ended without [DONE]."),
        };
    }

    /// <summary>Every second text is a new one, so that the cache does not answer for the engine alone.</summary>
    private byte[] Body(int number)
    {
        var text = texts[((index * 7919) + number) % texts.Count];
        if (number % 2 == 1) text = $"{text} {index} {number}";
        return route switch
        {
            Predict => JsonSerializer.SerializeToUtf8Bytes(new { text }),
            Embeddings => JsonSerializer.SerializeToUtf8Bytes(new { model = "embedding", input = text }),
            _ => JsonSerializer.SerializeToUtf8Bytes(new { model = "stories", prompt = text, max_tokens = Tokens, ignore_eos = true, stream = true }),
        };
    }
}
