using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AppHost.Tests.Platform;

[Collection(PlatformCollection.Name)]
public class PredictTests(RunningPlatform platform)
{
    [Fact]
    public async Task Predict_ThroughTheGateway_AnswersAndNamesTheVersion()
    {
        using var client = platform.CreateClient();

        using var response = await client.PostAsJsonAsync("/predict", new { text = "A warm, funny and beautifully acted film." });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("positive", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("label").GetString());
        Assert.Equal("1", response.Headers.GetValues("x-model-version").Single());
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        Assert.NotEmpty(response.Headers.GetValues("RateLimit").Single());
    }

    [Fact]
    public async Task Predict_GoldenCases_MatchTheTrainingReference()
    {
        using var client = platform.CreateClient();
        using var serving = JsonDocument.Parse(File.ReadAllText(Path.Combine(Testing.RepositoryPaths.Models, "sentiment", "1", "serving.json")));

        foreach (var golden in serving.RootElement.GetProperty("golden").EnumerateArray())
        {
            using var response = await client.PostAsJsonAsync("/predict", new { text = golden.GetProperty("text").GetString() });
            var body = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(golden.GetProperty("label").GetString(), body.GetProperty("label").GetString());
            Assert.Equal(golden.GetProperty("score").GetDouble(), body.GetProperty("score").GetDouble(), 1e-4);
        }
    }

    [Fact]
    public async Task Predict_ManyClients_ReachBothReplicas()
    {
        using var client = platform.CreateClient();

        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, token) =>
        {
            using var response = await client.PostAsJsonAsync("/predict", new { text = $"film number {i} was fine" }, token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        using var health = await client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.True((await health.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model_loaded").GetBoolean());
    }
}
