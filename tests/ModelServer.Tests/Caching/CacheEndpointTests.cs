using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Caching;

/// <summary>What a caller sees of the cache, with the shipped model.</summary>
public sealed class CacheEndpointTests(ModelServerHost host, RedisServers servers) : IClassFixture<ModelServerHost>, IClassFixture<RedisServers>
{
    [Fact]
    public async Task Predict_SecondTime_IsAHitWithTheSameAnswer()
    {
        var client = await host.CreateReadyClientAsync();

        var first = await PredictAsync(client, "A second look at the same film.");
        var second = await PredictAsync(client, "A second look at the same film.");

        Assert.Equal(("miss", false), (first.Cache, first.FromCache));
        Assert.Equal(("hit", true), (second.Cache, second.FromCache));
        Assert.Equal((first.Label, first.Score), (second.Label, second.Score));
        Assert.Matches(@"^tokenize;dur=[0-9.]+, queue;dur=0, infer;dur=0$", second.ServerTiming);
    }

    [Fact]
    public async Task Predict_OtherTextOfTheSameTokens_IsAHit()
    {
        var client = await host.CreateReadyClientAsync();
        await PredictAsync(client, "quite a good story");

        Assert.Equal("hit", (await PredictAsync(client, "  Quite a   GOOD story ")).Cache);
        Assert.Equal("miss", (await PredictAsync(client, "quite a good story.")).Cache);
    }

    [Fact]
    public async Task Predict_AHundredAtOnce_RunTheEngineOnce()
    {
        const string Text = "everybody asks for this one at the same time";
        var client = await host.CreateReadyClientAsync();
        using var runs = new InferenceRuns(host.Services);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => PredictAsync(client, Text))));

        Assert.Equal(1, runs.Count);
        Assert.Single(answers, a => a.Cache == "miss");
        Assert.All(answers, a => Assert.Contains(a.Cache, (string[])["miss", "coalesced", "hit"]));
        Assert.All(answers, a => Assert.Equal(a.Cache == "hit", a.FromCache));
        Assert.Single(answers.Select(a => a.Score).Distinct());
    }

    [Fact]
    public async Task Predict_NoCacheAndNoStore_AreBypassed()
    {
        var client = await host.CreateReadyClientAsync();

        Assert.Equal("bypass", (await PredictAsync(client, "kept out of it", "no-store")).Cache);
        Assert.Equal("bypass", (await PredictAsync(client, "kept out of it", "no-cache")).Cache);
        Assert.Equal("hit", (await PredictAsync(client, "kept out of it")).Cache);
        var again = await PredictAsync(client, "kept out of it", "no-cache");
        Assert.Equal(("bypass", false), (again.Cache, again.FromCache));
    }

    [Fact]
    public async Task Classify_SomeInputsKnown_IsAMissWithTheSameScores()
    {
        var client = await host.CreateReadyClientAsync();
        string[] inputs = ["one of the known", "not yet known", "one of the known"];
        await PredictAsync(client, inputs[0]);

        using var mixed = await client.PostAsJsonAsync("/v1/classify", new { input = inputs });
        using var known = await client.PostAsJsonAsync("/v1/classify", new { input = inputs });

        Assert.Equal("miss", mixed.Headers.GetValues("x-cache").Single());
        Assert.Equal("hit", known.Headers.GetValues("x-cache").Single());
        Assert.Equal(await mixed.Content.ReadAsStringAsync(), await known.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_AfterHitsAndMisses_CountThem()
    {
        var client = await host.CreateReadyClientAsync("infer metrics");
        await PredictAsync(client, "counted once");
        await PredictAsync(client, "counted once");

        var text = await client.GetStringAsync("/metrics");

        Assert.Matches("""cache_requests\w*\{[^}]*layer="memory"[^}]*outcome="hit"[^}]*\} [1-9]""", text);
        Assert.Matches("""cache_requests\w*\{[^}]*layer="engine"[^}]*outcome="miss"[^}]*\} [1-9]""", text);
        // Any number: servers in one process are observed together, and another may have answered last.
        Assert.Matches("""\ncache_entries(\{[^}]*\})? [0-9]""", text);
        Assert.Matches("""\ncache_size_bytes(\{[^}]*\})? [0-9]""", text);
    }

    [Theory]
    [InlineData("Cache:TimeToLive", "00:00:00")]
    [InlineData("Cache:MemoryBytes", "-1")]
    [InlineData("Cache:RedisBudget", "01:00:00")]
    [InlineData("Cache:BreakerFailures", "0")]
    public void Start_BadSetting_IsRefusedByName(string key, string value)
    {
        using var bad = new ModelServerHost(ShippedModels.Sentiment, new Dictionary<string, string?> { [key] = value });

        var error = bad.StartRefused();

        Assert.Contains(key["Cache:".Length..], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_OfTwoClients_IsAHitForNeither()
    {
        var (one, two) = (await ClientAsync(host, "one"), await ClientAsync(host, "two"));
        await PredictAsync(one, "mine");

        Assert.Equal("miss", (await PredictAsync(two, "mine")).Cache);
        Assert.Equal("hit", (await PredictAsync(one, "mine")).Cache);
        Assert.Equal("hit", (await PredictAsync(two, "mine")).Cache);
    }

    [Theory]
    [InlineData("""{"sub":"app"}""", """{"client_id":"app2"}""")]
    [InlineData("""{"sub":"a","client_id":"shared"}""", """{"sub":"b","client_id":"shared"}""")]
    [InlineData("""{"sub":"x"}""", """{"sub":"x "}""")]
    [InlineData("""{"sub":"clientx"}""", """{"sub":"x"}""")]
    public async Task Predict_OfCallersNamedAlike_IsAHitForNeither(string one, string two)
    {
        var text = $"as {one} says";
        var client = await host.CreateReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Sign(one));
        await PredictAsync(client, text);
        Assert.Equal("hit", (await PredictAsync(client, text)).Cache);

        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Sign(two));

        Assert.Equal("miss", (await PredictAsync(client, text)).Cache);
    }

    [Fact]
    public async Task Predict_OfTwentyClientsAtOnce_IsCoalescedForNone()
    {
        await host.CreateReadyClientAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => ClientAsync(host, $"at once {i}")));

        var answers = await Task.WhenAll(clients.Select(client => Task.Run(() => PredictAsync(client, "all of them ask this one thing"))));

        Assert.All(answers, a => Assert.Equal("miss", a.Cache));
    }

    [Fact]
    public async Task Predict_ScopeIsShared_LetsClientsShareAnswers()
    {
        using var shared = new ModelServerHost(ShippedModels.Sentiment, new Dictionary<string, string?> { ["Cache:Scope"] = "shared" });
        await PredictAsync(await ClientAsync(shared, "one"), "ours");

        Assert.Equal("hit", (await PredictAsync(await ClientAsync(shared, "two"), "ours")).Cache);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Predict_AnotherReplicaWithTheSameRedis_KnowsTheAnswer(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        using var one = Replica(redis);
        using var two = Replica(redis);
        var (here, there) = (await one.CreateReadyClientAsync(), await two.CreateReadyClientAsync());

        // Replicas connect behind the start's back and write behind the answer's: the other one is asked a look later, and of another text each time.
        var i = 0;
        var asked = await PredictAsync(here, "known to both 0");
        await Eventually.HoldsAsync(async () =>
        {
            var known = await PredictAsync(there, $"known to both {i}");
            Assert.Equal((asked.Label, asked.Score), (known.Label, known.Score));
            asked = await PredictAsync(here, $"known to both {++i}");
            return known.FromCache;
        });
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Predict_RedisDies_AnswersGoOnWithoutIt(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        using var replica = Replica(redis, time);
        var client = await replica.CreateReadyClientAsync();
        await PredictAsync(client, "before");
        redis.Kill();

        await AssertCostsFiveBudgetsAtMostAsync(client, time);

        Assert.Equal("hit", (await PredictAsync(client, "before")).Cache);
        using var ready = await client.GetAsync("/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [RedisFact("Garnet has no CLIENT PAUSE.")]
    public async Task Predict_RedisStalls_CostsFiveBudgetsAtMost()
    {
        var redis = await servers.StartAsync(RedisKind.Redis);
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        using var replica = Replica(redis, time);
        var client = await replica.CreateReadyClientAsync();
        await using var admin = await RedisServers.ConnectAsync(redis);
        // Connected behind the start's back.
        var i = 0;
        await Eventually.HoldsAsync(async () =>
        {
            await PredictAsync(client, $"before {i++}");
            return (long)await admin.GetDatabase().ExecuteAsync("DBSIZE") > 0;
        });
        await admin.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "600000", "ALL");

        await AssertCostsFiveBudgetsAtMostAsync(client, time);
    }

    [Fact]
    public async Task Load_OtherContentUnderTheSameVersion_IsAnotherFingerprint()
    {
        using var models = new TemporaryModels();
        models.CopySentiment("sentiment", "1");
        models.Write("sentiment/1/serving.json", "{}");
        using var other = new ModelServerHost(models.Path);
        await other.CreateReadyClientAsync();
        await host.CreateReadyClientAsync();

        Assert.Matches("^[0-9a-f]{64}$", Fingerprint(host));
        Assert.Matches("^[0-9a-f]{64}$", Fingerprint(other));
        Assert.NotEqual(Fingerprint(host), Fingerprint(other));

        static string Fingerprint(ModelServerHost host) => host.Services.GetRequiredService<ModelCatalog>().Active("sentiment")!.Loaded!.Source.Fingerprint;
    }

    /// <summary>Each of the first five questions may wait out Redis' budget. Then the clock stands still: an answer that waited would not come.</summary>
    private static async Task AssertCostsFiveBudgetsAtMostAsync(HttpClient client, ManualTimeProvider time)
    {
        for (var i = 0; i < 200; i++)
        {
            var asking = PredictAsync(client, $"after {i}");
            if (i < 5)
            {
                await Eventually.HoldsAsync(() =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(5));
                    return asking.IsCompleted;
                });
            }

            Assert.Equal("miss", (await asking.WaitAsync(Eventually.Limit)).Cache);
        }
    }

    private static async Task<HttpClient> ClientAsync(ModelServerHost host, string subject)
    {
        var client = await host.CreateReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create(subject: subject));
        return client;
    }

    private static ModelServerHost Replica(IRedisServer redis, TimeProvider? time = null)
        => new(ShippedModels.Sentiment, new Dictionary<string, string?> { ["ConnectionStrings:cache"] = redis.ConnectionString }, time);

    private static async Task<Answer> PredictAsync(HttpClient client, string text, string? cacheControl = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { text }) };
        if (cacheControl is not null) request.Headers.Add("Cache-Control", cacheControl);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return new(
            response.Headers.GetValues("x-cache").Single(), response.Headers.GetValues("Server-Timing").Single(),
            body.GetProperty("label").GetString()!, body.GetProperty("score").GetDouble(), body.GetProperty("from_cache").GetBoolean());
    }

    private sealed record Answer(string Cache, string ServerTiming, string Label, double Score, bool FromCache);
}
