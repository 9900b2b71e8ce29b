using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Benchmarks.Corpus;
using Benchmarks.Models;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Only systems that give the same answers are compared: a few texts are asked of each, the first one asked is the reference.</summary>
internal sealed class AnswerCheck
{
    private const int Texts = 8;
    private const double Tolerance = 1e-3;
    private readonly Dictionary<string, List<(string Label, double Score)>> _known = [];

    /// <exception cref="InvalidOperationException">An answer differs.</exception>
    public async Task RunAsync(IServedSystem system, RunningServer server, ModelVariant variant, TextCorpus corpus, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new($"http://{server.Endpoint}") };
        if (server.Token is { } token) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        List<(string Label, double Score)> answers = [];
        foreach (var text in corpus.Texts.Take(Texts))
        {
            using var response = await client.PostAsJsonAsync("/predict", new { text }, cancellation);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)response.StatusCode}: {answer}");
            answers.Add((answer.GetProperty("label").GetString()!, answer.GetProperty("score").GetDouble()));
        }

        if (!_known.TryAdd(variant.Name, answers) && answers.Zip(_known[variant.Name]).FirstOrDefault(Differ) is { First.Label: { } } other)
            throw new InvalidOperationException($"{system.Name} answers {other.First} where the first system answered {other.Second}.");
    }

    private static bool Differ(((string Label, double Score) First, (string Label, double Score) Second) pair)
        => pair.First.Label != pair.Second.Label || Math.Abs(pair.First.Score - pair.Second.Score) > Tolerance;
}
