using System.Text;
using System.Text.Json;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>Conversations of eight turns by four users at a time, each turn's prompt all that was said before: the time to the first token of turns 2 to 8 where
/// beginnings of prompts are kept, beside the same conversations with <c>Cache-Control: no-store</c>.</summary>
internal sealed class ConversationTurns(ScenarioInputs inputs) : IScenario
{
    private const int Users = 4, Turns = 8, UserTokens = 26, AnswerTokens = 20, PerRound = 4;
    private const double Wanted = 0.4;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var options = inputs.Options;
        var texts = PromptSet.Create(
            "turns", TokenizerLoader.Load(DecoderStore.Shipped), inputs.Sentences.Texts, Users * Turns * PerRound * options.Rounds, (UserTokens, UserTokens), (AnswerTokens, AnswerTokens)).Texts;
        var table = new TextTable(1, "time to the first token of turns 2 to 8, ms", "p50 without", "p50 with", "p99 without", "p99 with", "ratio of p50", "wanted", "errors");
        var isMet = true;
        foreach (var variant in DecoderStore.Prepare(["stories"], options.Precisions))
        {
            using var server = await new DirectServer().StartAsync(variant, cancellation);
            // One conversation of each user that does not count: what follows finds the server warm.
            await TalkAsync(server, texts.AsMemory(0, Users * Turns), isKept: false, cancellation);
            List<long> without = [], with = [];
            var errors = 0;
            foreach (var chunk in texts.Chunk(Users * Turns))
            {
                foreach (var (isKept, times) in ((bool, List<long>)[])[(false, without), (true, with)])
                {
                    var (measured, failed) = await TalkAsync(server, chunk, isKept, cancellation);
                    times.AddRange(measured);
                    errors += failed;
                }
            }

            var (before, after) = (Percentiles.Milliseconds(without, 0.5), Percentiles.Milliseconds(with, 0.5));
            table.Add(
                variant.Name, $"{before:0.0}", $"{after:0.0}", $"{Percentiles.Milliseconds(without, 0.99):0.0}", $"{Percentiles.Milliseconds(with, 0.99):0.0}",
                $"{after / before:0.00}", $"≤ {Wanted}", $"{errors}");
            isMet &= after / before <= Wanted && errors == 0;
        }

        table.Write(Console.Out);
        return isMet ? 0 : 1;
    }

    private static async Task<(List<long> Times, int Errors)> TalkAsync(RunningServer server, ReadOnlyMemory<string> texts, bool isKept, CancellationToken cancellation)
    {
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(u => ConverseAsync(server, texts.Slice(u * Turns, Turns).ToArray(), isKept, cancellation)));
        return ([.. users.SelectMany(u => u.Times)], users.Sum(u => u.Errors));
    }

    private static async Task<(List<long> Times, int Errors)> ConverseAsync(RunningServer server, string[] turns, bool isKept, CancellationToken cancellation)
    {
        using var connection = new StreamConnection(server.Endpoint);
        var (prompt, times, errors) = (new StringBuilder(), new List<long>(), 0);
        foreach (var text in turns)
        {
            var isFirst = prompt.Length == 0;
            prompt.Append(isFirst ? "" : " ").Append(text);
            var body = JsonSerializer.SerializeToUtf8Bytes(new { prompt = prompt.ToString(), max_tokens = AnswerTokens, temperature = 0, ignore_eos = true, stream = true });
            var request = RequestSet.Post("/v1/completions", server.Endpoint.ToString(), server.Token, body, isKept ? null : "Cache-Control: no-store", noCache: false);
            var answer = await connection.SendAsync(request, cancellation, keepLines: true);
            cancellation.ThrowIfCancellationRequested();
            if (!answer.IsComplete)
            {
                Console.Error.WriteLine(answer.Failure);
                errors++;
                break;
            }

            // Of end tokens alone there is no text.
            if (!isFirst && answer.Times.Count > 0) times.Add(answer.Times[0] - answer.Start);
            foreach (var line in answer.Lines) prompt.Append(JsonDocument.Parse(line).RootElement.GetProperty("choices")[0].GetProperty("text").GetString());
        }

        return (times, errors);
    }
}
