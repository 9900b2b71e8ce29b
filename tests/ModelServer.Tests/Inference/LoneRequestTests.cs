using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Tests.Models;
using ModelServer.Tests.Telemetry;
using ServiceDefaults.Protocol;
using Testing;

namespace ModelServer.Tests.Inference;

/// <summary>A whole server whose encoder has a session for requests that have the machine to themselves.</summary>
public sealed class LoneRequestTests : IDisposable
{
    private const string LoneRuns = "model.lone_runs model=sentiment:1";
    private static readonly string[] Texts = ["good", "a gripping and funny film", string.Join(' ', Enumerable.Repeat("dull and long", 60))];
    private readonly TemporaryModels _models = new();

    public LoneRequestTests() => _models.CopySentiment("sentiment", "1");

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Classify_OneAfterTheOther_AnswersAsWithOneThreadAndCountsEachRun()
    {
        await using var one = Host(1);
        await using var two = Host(2);
        var (expecting, client) = (await one.CreateReadyClientAsync(), await two.CreateReadyClientAsync());
        Assert.Equal((1, 2), (LoneThreads(one), LoneThreads(two)));
        using var countsOfOne = new MeasuredCounts(one.Services.GetRequiredService<IMeterFactory>());
        using var counts = new MeasuredCounts(two.Services.GetRequiredService<IMeterFactory>());

        foreach (var text in Texts) Assert.Equal(await ClassifyAsync(expecting, text), await ClassifyAsync(client, text));

        await Eventually.HoldsAsync(() => counts[LoneRuns] == Texts.Length);
        Assert.Equal(0, countsOfOne[LoneRuns]);
    }

    [NeedsFact(Need.TwoCores)]
    public async Task Classify_OnAMachineThatIsShared_HasAllCoresWhenTheGatewaySaysThatItIsAlone()
    {
        await using var host = Host(2, cores: 1);
        var client = await host.CreateReadyClientAsync();
        using var counts = new MeasuredCounts(host.Services.GetRequiredService<IMeterFactory>());

        var beside = await ClassifyAsync(client, Texts[1]);
        client.DefaultRequestHeaders.Add(LoneRequest.HeaderName, LoneRequest.Value);
        Assert.Equal(beside, await ClassifyAsync(client, Texts[1]));

        await Eventually.HoldsAsync(() => counts["model.batch.sequences model=sentiment:1 closed=drained"] == 2);
        Assert.Equal(1, counts[LoneRuns]);
    }

    private ModelServerHost Host(int loneThreads, int cores = 0)
        => new(_models.Path, new Dictionary<string, string?> { ["Inference:LoneThreads"] = $"{loneThreads}", ["Inference:Cores"] = $"{cores}", ["Cache:Enabled"] = "false" });

    private static async Task<string> ClassifyAsync(HttpClient client, string input)
    {
        using var response = await client.PostAsJsonAsync("/v1/classify", new { input });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").GetRawText();
    }

    private static int LoneThreads(ModelServerHost host) => host.Services.GetRequiredService<ModelCatalog>().Versions.Single().Loaded!.LoneThreads;
}
