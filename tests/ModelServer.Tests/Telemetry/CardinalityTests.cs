using System.Net.Http.Json;
using Testing;

namespace ModelServer.Tests.Telemetry;

/// <summary>Nothing that a caller writes becomes a series.</summary>
[Collection(ScrapedCollection.Name)]
public sealed class CardinalityTests(ScrapedServer server)
{
    private const int Requests = 10_000;

    [Fact]
    public async Task Series_AfterThousandsOfModelNamesAndSubjects_AreAsManyAsBefore()
    {
        for (var i = 0; i < 20; i++) await AskAsync(i);
        var before = (await server.ScrapeAsync()).Series;

        await Parallel.ForAsync(20, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await AskAsync(i));
        var after = (await server.ScrapeAsync()).Series;

        // The framework's own meters gain a few as the process gets busier, such as the first collection of a generation.
        Assert.DoesNotContain(after.Except(before), s => !s.StartsWith("dotnet_", StringComparison.Ordinal) && !s.StartsWith("kestrel_", StringComparison.Ordinal));
        Assert.InRange(after.Length - before.Length, 0, 60);
        Assert.DoesNotContain(after, s => s.Contains("wanted-", StringComparison.OrdinalIgnoreCase) || s.Contains("caller-", StringComparison.Ordinal));
    }

    /// <summary>A name that no model has, by a caller never seen, in one of several ways.</summary>
    private async Task AskAsync(int i)
    {
        using var request = (i % 4) switch
        {
            0 => new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = JsonContent.Create(new { model = $"wanted-{i}", input = "one" }) },
            1 => new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { model = $"wanted-{i}:{i}", text = "one" }) },
            2 => new HttpRequestMessage(HttpMethod.Get, $"/v1/models/wanted-{i}"),
            _ => new HttpRequestMessage(new HttpMethod($"WANTED-{i}"), $"/wanted-{i}?wanted-{i}=1"),
        };
        request.Headers.Authorization = new("Bearer", TestTokens.Create(subject: $"caller-{i}", claims: new Dictionary<string, object> { ["tier"] = $"wanted-{i}" }));
        request.Headers.UserAgent.ParseAdd($"wanted-{i}/1.0");
        using var response = await server.Client.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 400, 499);
    }
}
