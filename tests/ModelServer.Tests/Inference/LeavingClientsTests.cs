using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Classify;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Inference;

/// <summary>Requests of many runs that are left between or in them. The options of a run that had ended were used again to terminate it, which ended the
/// process with everything in flight.</summary>
public sealed class LeavingClientsTests : IDisposable
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 64).Select(i => string.Concat(Enumerable.Repeat($"word{i} ", 40)))];
    private readonly ModelServerHost _host = new(RepositoryPaths.Models, new Dictionary<string, string?> { ["Cache:Enabled"] = "false" });

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Request_LeftAtRandomMoments_LeavesTheServerAnswering()
    {
        var client = await _host.CreateReadyClientAsync();
        var whole = System.Diagnostics.Stopwatch.StartNew();
        using (var answer = await ClassifyAsync(client, CancellationToken.None)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var random = new Random(3);
        var left = 0;
        for (var i = 0; i < 25; i++)
        {
            using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.NextDouble() * whole.ElapsedMilliseconds));
            try
            {
                using var answer = await ClassifyAsync(client, leaving.Token);
            }
            catch (OperationCanceledException)
            {
                left++;
            }
        }

        Assert.InRange(left, 1, 25);
        await AnswersAsync(client);
    }

    [Fact]
    public async Task Deadline_PassesAfterTheFirstRuns_IsATimeoutAndLeavesTheServerAnswering()
    {
        var client = await _host.CreateReadyClientAsync();
        var queue = Assert.IsType<ClassificationModel>(_host.Services.GetRequiredService<ModelCatalog>().Active("sentiment")!.Loaded).Engine.Queue;
        var statuses = new List<HttpStatusCode>();
        for (var milliseconds = 5; milliseconds < 400; milliseconds = milliseconds * 3 / 2)
        {
            using var answer = await ClassifyAsync(client, CancellationToken.None, milliseconds);
            statuses.Add(answer.StatusCode);
            await Eventually.HoldsAsync(() => queue.Count == 0);
        }

        Assert.All(statuses, s => Assert.True(s is HttpStatusCode.OK or HttpStatusCode.GatewayTimeout, $"{s}"));
        Assert.Contains(HttpStatusCode.GatewayTimeout, statuses);
        await AnswersAsync(client);
    }

    private static async Task AnswersAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/predict", new { text = "a great film", model = "sentiment" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> ClassifyAsync(HttpClient client, CancellationToken cancellationToken, int? deadline = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify") { Content = JsonContent.Create(new { model = "sentiment", input = Texts, truncate = true }) };
        if (deadline is { } milliseconds) request.Headers.Add("x-deadline-ms", $"{milliseconds}");
        return await client.SendAsync(request, cancellationToken);
    }
}
