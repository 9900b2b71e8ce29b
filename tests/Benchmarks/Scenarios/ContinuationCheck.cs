using System.Text.Json;
using Benchmarks.Engine;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>Whether systems continue the first prompts as the engine does; rounding may part two of them where tokens are about as likely.</summary>
internal sealed class ContinuationCheck(GenerationLoads loads, GenerationReport report)
{
    private const int Prompts = 4, Tokens = 16;
    private readonly Dictionary<ModelVariant, int[][]> _expected = [];

    public void Expect(ModelVariant variant, RawDecoder engine) => _expected[variant] = [.. loads.Mix.Ids.Take(Prompts).Select(p => engine.Continue(p, Tokens))];

    /// <exception cref="InvalidOperationException">Fewer than half begin alike, which rounding does not explain.</exception>
    public void Compare(ModelVariant variant, string system, int[][] answers)
    {
        if (!_expected.TryGetValue(variant, out var expected)) return;
        var compared = Math.Min(answers.Length, Prompts);
        Tell(variant, system, Enumerable.Range(0, compared).Count(i => answers[i].AsSpan().StartsWith(expected[i])), compared);
    }

    public async Task RunAsync(ModelVariant variant, RunningServer server, CancellationToken cancellation)
    {
        if (!_expected.TryGetValue(variant, out var expected)) return;
        var requests = StreamRequests.Create(loads.Mix, server.Endpoint.ToString(), server.Token);
        using var connection = new StreamConnection(server.Endpoint);
        var tokenizer = TokenizerLoader.Load(Path.GetDirectoryName(variant.Graph)!);
        var same = 0;
        for (var i = 0; i < Prompts; i++)
        {
            var answer = await connection.SendAsync(requests.Requests[i], cancellation, keepLines: true);
            if (!answer.IsComplete) throw new InvalidOperationException($"The server answered {answer.Status} and no whole stream.");
            var text = string.Concat(answer.Lines.Select(Text));
            if (text.StartsWith(tokenizer.Decode(expected[i], skipSpecialTokens: true), StringComparison.Ordinal)) same++;
        }

        Tell(variant, "server", same, Prompts);
    }

    private void Tell(ModelVariant variant, string system, int same, int compared)
    {
        report.Agreement[$"{variant.Name}, {system}"] = $"{same} of {compared}";
        if (2 * same < compared) throw new InvalidOperationException($"it continues {compared - same} of {compared} prompts otherwise than the engine");
    }

    private static string Text(string line) => JsonDocument.Parse(line).RootElement.GetProperty("choices")[0].GetProperty("text").GetString()!;
}
