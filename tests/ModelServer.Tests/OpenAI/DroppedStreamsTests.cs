using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Generation;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>A thousand streams opened and dropped at random moments, many at a time: whatever they held comes back.</summary>
public sealed class DroppedStreamsTests(TextModels models) : IClassFixture<TextModels>
{
    private const int Streams = 1000, AtOnce = 32;

    [Fact]
    public async Task Streams_DroppedAtRandomMoments_LeaveNothingBehind()
    {
        var client = await models.Host.CreateReadyClientAsync();
        var generator = Assert.IsType<DecoderModel>(models.Host.Services.GetRequiredService<ModelCatalog>().Versions.Single(v => v.Name == "plain").Loaded).Decoder;
        var read = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Streams), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var random = new Random(number);
            using var leave = new CancellationTokenSource();
            if (random.Next(5) == 0) leave.CancelAfter(random.Next(3));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
                {
                    Content = JsonContent.Create(new { model = "plain", prompt = new[] { 1 + random.Next(20), 3 }, max_tokens = 40, ignore_eos = true, stream = true }),
                };
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
                // In one process a client that has left may still see how the server logged it.
                Assert.True((int)response.StatusCode is 200 or 499);
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(leave.Token));
                // Two lines are an event, and a whole stream has forty of those.
                for (var left = random.Next(60); left > 0 && await lines.ReadLineAsync(leave.Token) is not null; left--) Interlocked.Increment(ref read);
            }
            catch (Exception e) when (leave.IsCancellationRequested && e is (OperationCanceledException or IOException or HttpRequestException))
            {
            }
        });

        await Eventually.HoldsAsync(() => generator is { Active: 0, PendingTokens: 0 });
        Assert.InRange(read, Streams, int.MaxValue);
        var (prompt, ids, text) = TextModels.Reference(0);
        var answer = await models.PostAsync("/v1/completions", new { model = "plain", prompt, max_tokens = ids.Length, temperature = 0 });
        Assert.Equal(text, answer.GetProperty("choices")[0].GetProperty("text").GetString());
    }
}
