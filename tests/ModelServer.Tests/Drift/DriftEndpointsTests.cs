using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelServer.Drift;
using ModelServer.Tests.Models;
using ServiceDefaults.Drift;
using Testing;

namespace ModelServer.Tests.Drift;

/// <summary>The real server with the shipped classifier.</summary>
public class DriftEndpointsTests
{
    private const int PerRequest = 100;

    [Fact]
    public async Task Answers_AreObserved_AlsoThoseFromTheCache()
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment);
        var client = await host.CreateReadyClientAsync("infer admin");

        for (var i = 0; i < 2; i++) await ClassifyAsync(client, ["A warm, funny film.", "What a waste of time."]);
        var told = await client.GetFromJsonAsync("/drift/sentiment", DriftJson.Default.ReplicaDrift);

        var version = Assert.Single(told!.Versions);
        Assert.Equal(("1", "text-classification", 4), (version.Version, version.Task, version.Seen));
        Assert.Equal(["negative", "positive"], version.Labels);
        Assert.Equal([1, 0, 1, 0], version.Recent.Labels);
        Assert.Equal(["confidence", "length", "unknown_share"], version.Early.Features.Keys.Order());
        Assert.All(version.Early.Features["confidence"], c => Assert.InRange(c, 0.5f, 1f));
        Assert.Equal(version.Early.Features["length"][..2], version.Early.Features["length"][2..]);
    }

    [Fact]
    public async Task Texts_OfAnotherKind_RaiseAnAlarmWithin500()
    {
        var random = new Random(1);
        string[] words = ["a", "good", "film", "dull", "plot", "with", "the", "best", "actor", "and", "no", "end", "great", "boring", "scene", "of", "it"];
        await AssertAlarmAsync(Texts(2_000, 4, 14), Texts(500, 12, 30));

        string[] Texts(int count, int least, int most)
            => [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(least, most)).Select(_ => words[random.Next(words.Length)])))];
    }

    /// <summary>Sentences of film reviews, then reviews of goods.</summary>
    [ReviewsFact]
    public Task Reviews_OfGoodsAfterFilms_RaiseAnAlarmWithin500()
    {
        var films = File.ReadLines(ReviewsFactAttribute.Films!).Select(l => l.Split('\t')[0]);
        var goods = File.ReadLines(ReviewsFactAttribute.Goods!).Select(l => l.Split('\t')[0]);
        return AssertAlarmAsync([.. films.Take(1_800)], [.. goods.Take(500)]);
    }

    [Fact]
    public async Task Generations_AreObserved()
    {
        using var models = new SmallModels();
        var client = await models.Host.CreateReadyClientAsync("infer admin");

        using var response = await client.PostAsJsonAsync("/v1/completions", new { model = "tiny-decoder", prompt = "one two", max_tokens = 3, n = 2, temperature = 0, ignore_eos = true });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var told = await client.GetFromJsonAsync("/drift/tiny-decoder", DriftJson.Default.ReplicaDrift);
        var version = Assert.Single(told!.Versions);
        Assert.Equal(2, version.Seen);
        Assert.Equal([3f, 3f], version.Recent.Features["output_length"]);
        Assert.All(version.Recent.Features["length"], l => Assert.True(l > 0));
    }

    [Theory]
    [InlineData("tiny-embedding", "norm", "/v1/embeddings", """{"model":"tiny-embedding","input":["one","two three"]}""")]
    [InlineData("tiny-rerank", "score", "/v1/rerank", """{"model":"tiny-rerank","query":"one","documents":["two","three"]}""")]
    [InlineData("tiny-answer", "confidence", "/v1/question-answer", """{"inputs":[{"question":"what","context":"the rain"},{"question":"what","context":"the sun"}]}""")]
    public async Task OtherTasks_SayWhatIsWatchedOfThem(string model, string feature, string route, string body)
    {
        using var models = new SmallModels();
        var client = await models.Host.CreateReadyClientAsync("infer admin");

        using var response = await client.PostAsync(route, new StringContent(body, null, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var told = await client.GetFromJsonAsync($"/drift/{model}", DriftJson.Default.ReplicaDrift);
        Assert.Equal(2, told!.Versions[0].Recent.Features[feature].Length);
        Assert.All(told.Versions[0].Recent.Features[feature], v => Assert.True(v > 0));
    }

    [Fact]
    public async Task Baseline_OfAnotherModel_IsRefusedAndOneOfItsOwnTaken()
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment);
        var client = await host.CreateReadyClientAsync("admin");
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

        using var other = await client.PutAsJsonAsync("/drift/sentiment/baseline", new { features = new { norm = values } });
        using var labels = await client.PutAsJsonAsync("/drift/sentiment/baseline", new { features = new { length = values }, labels = new { HAPPY = new { count = 3 } } });
        using var absent = await client.PutAsJsonAsync("/drift/sentiment/baseline?version=9", new { features = new { length = values } });
        using var own = await client.PutAsJsonAsync("/drift/sentiment/baseline?version=1", new { features = new { length = values }, labels = new { positive = new { count = 3 } } });

        Assert.Equal(
            [HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity, HttpStatusCode.NotFound, HttpStatusCode.NoContent],
            new[] { other.StatusCode, labels.StatusCode, absent.StatusCode, own.StatusCode });
        var told = await client.GetFromJsonAsync("/drift/sentiment", DriftJson.Default.ReplicaDrift);
        Assert.Equal(values, told!.Versions[0].Stored!.Features["length"]);
        using var reset = await client.PostAsync("/drift/sentiment/reset", null);
        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        Assert.Null((await client.GetFromJsonAsync("/drift/sentiment", DriftJson.Default.ReplicaDrift))!.Versions[0].Stored);
    }

    [Theory]
    [InlineData("infer", "/drift/sentiment", HttpStatusCode.Forbidden)]
    [InlineData("admin", "/drift/absent", HttpStatusCode.NotFound)]
    public async Task Request_ThatMayNotBe_IsRefused(string scope, string path, HttpStatusCode status)
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment);
        var client = await host.CreateReadyClientAsync(scope);

        using var response = await client.GetAsync(path);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public void Options_ThatContradict_RefuseTheStart()
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment, new Dictionary<string, string?> { ["Drift:Window"] = "60", ["Drift:MinSamples"] = "61" });

        Assert.Contains("MinSamples must not exceed Window", host.StartRefused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disabled_ObservesNothing()
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment, new Dictionary<string, string?> { ["Drift:Enabled"] = "false" });
        var client = await host.CreateReadyClientAsync("infer admin");
        await ClassifyAsync(client, ["A warm, funny film."]);

        Assert.Equal(0, (await client.GetFromJsonAsync("/drift/sentiment", DriftJson.Default.ReplicaDrift))!.Versions[0].Seen);
    }

    /// <summary>The first texts raise none; the others do, with the metrics and one line in the log.</summary>
    private static async Task AssertAlarmAsync(string[] before, string[] after)
    {
        using var host = new ModelServerHost(ShippedModels.Sentiment, new Dictionary<string, string?> { ["Drift:Interval"] = "01:00:00" });
        var client = await host.CreateReadyClientAsync("infer metrics");
        var check = host.Services.GetServices<IHostedService>().OfType<DriftCheck>().Single();
        var watches = host.Services.GetRequiredService<DriftWatches>();
        foreach (var texts in before.Chunk(PerRequest))
        {
            await ClassifyAsync(client, texts);
            check.Look(watches.All.Single(w => w.Model == "sentiment"));
            Assert.False(watches.All.Single(w => w.Model == "sentiment").Look?.IsAlarm ?? false);
        }

        var seen = 0;
        foreach (var texts in after.Chunk(PerRequest))
        {
            await ClassifyAsync(client, texts);
            seen += texts.Length;
            check.Look(watches.All.Single(w => w.Model == "sentiment"));
            if (watches.All.Single(w => w.Model == "sentiment").Look!.IsAlarm) break;
        }

        Assert.True(watches.All.Single(w => w.Model == "sentiment").Look!.IsAlarm, $"No alarm after {seen} texts.");
        var metrics = await client.GetStringAsync("/metrics");
        Assert.Matches("model_drift_alarm\\{[^}]*model=\"sentiment:1\"[^}]*\\} 1", metrics);
        Assert.Matches("model_drift_statistic\\{[^}]*feature=\"length\"", metrics);
    }

    private static async Task ClassifyAsync(HttpClient client, string[] texts)
    {
        using var response = await client.PostAsJsonAsync("/v1/classify", new { model = "sentiment", input = texts, truncate = true });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ReviewsFactAttribute : FactAttribute
    {
        public ReviewsFactAttribute() => Skip = Films is null || Goods is null ? "There are no reviews among the fixtures." : null;

        public static string? Films { get; } = Find("data/sst2/sentences/test.tsv");

        public static string? Goods { get; } = Find("data/uci-sentences/amazon_cells_labelled.txt");

        private static string? Find(string file) => RepositoryPaths.Fixtures is { } root && Path.Combine(root, file) is var path && File.Exists(path) ? path : null;
    }
}
