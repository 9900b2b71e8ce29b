using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace AppHost.Tests.Rollouts;

/// <summary>Clients that ask a cluster for the bare name, each as a subject of its own, one request after the other, at the two gateways in turn.</summary>
internal sealed class RolloutLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<RolloutAnswer> _answers = [];
    private readonly HttpClient[] _clients;
    private readonly Task[] _running;

    /// <param name="text">The text of a client's n-th request.</param>
    public RolloutLoad(RolloutCluster cluster, int clients, Func<int, int, string>? text = null)
    {
        text ??= (client, n) => $"Film {client} of night {n} was beautifully acted.";
        _clients = [.. Enumerable.Range(0, clients).Select(i => cluster.Client(i % cluster.Gateways.Length, Subject(i)))];
        _running = [.. _clients.Select((http, i) => Task.Run(() => AskAsync(http, i, text)))];
    }

    public RolloutAnswer[] Answers => [.. _answers];

    public static string Subject(int client) => $"subject-{client}";

    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var client in _clients) client.Dispose();
        _end.Dispose();
    }

    private async Task AskAsync(HttpClient http, int client, Func<int, int, string> text)
    {
        for (var n = 0; !_end.IsCancellationRequested; n++)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var response = await http.PostAsJsonAsync("/predict", new { text = text(client, n), model = RolloutCluster.Model });
                var version = response.Headers.TryGetValues("x-model-version", out var values) ? values.Single() : null;
                _answers.Add(new(client, start, Stopwatch.GetTimestamp(), (int)response.StatusCode, version, response.IsSuccessStatusCode ? null : await response.Content.ReadAsStringAsync()));
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                _answers.Add(new(client, start, Stopwatch.GetTimestamp(), 0, null, e.Message));
            }
        }
    }
}

/// <param name="Start">When it was asked, as a timestamp; <paramref name="End"/> when it was answered.</param>
/// <param name="Status">0 where no answer came.</param>
internal sealed record RolloutAnswer(int Client, long Start, long End, int Status, string? Version, string? Failure);
