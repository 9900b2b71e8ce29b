using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.OpenAI;
using Testing;

namespace ModelServer.Tests.Responses;

/// <summary>What servers that share a Redis keep of responses.</summary>
public sealed class StoredResponsesTests(RedisServers servers) : IClassFixture<RedisServers>
{
    private const string Unknown = "resp_0123456789abcdef0123456789abcdef";

    [Theory, OnRedis, OnGarnet]
    public async Task Post_PreviousResponse_GoesOnFromItOnAnotherServer(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        using var two = new TextModels(null, Settings(one.Redis));
        var (here, there) = (one.Client, await ConnectedAsync(two));
        var first = await here.RespondAsync(new { instructions = "man ", input = "the old", max_output_tokens = 3, temperature = 0 });
        // A model without a template reads the texts one after the other.
        var expected = await two.PostAsync("/v1/completions", new { prompt = $"the old{first.OutputText()} woman", max_tokens = 5, temperature = 0 });

        var second = await there.RespondAsync(new { input = " woman", previous_response_id = first.Text("id"), max_output_tokens = 5, temperature = 0 });
        var third = await here.RespondAsync(new { input = "man", previous_response_id = second.Text("id"), max_output_tokens = 1, store = false });

        Assert.True(first.GetProperty("store").GetBoolean());
        Assert.Equal(first.Text("id"), second.Text("previous_response_id"));
        // Instructions are each request's own.
        Assert.Equal(expected.GetProperty("choices")[0].Text("text"), second.OutputText());
        Assert.Equal(expected.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), second.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.True(third.GetProperty("usage").GetProperty("input_tokens").GetInt32() > second.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.False(third.GetProperty("store").GetBoolean());
        Assert.Equal(404, await StatusAsync(here, third.Text("id")!));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Post_Stream_IsStoredByItsLastEvent(RedisKind kind)
    {
        using var one = await StartAsync(kind);

        var events = await one.Client.StreamAsync(new { input = "a", max_output_tokens = 3 });

        var told = events[^1].GetProperty("response");
        Assert.Equal(told.ToString(), (await one.Client.GetFromJsonAsync<JsonElement>(Address(told.Text("id")!))).ToString());
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Get_OfAnotherClient_IsNotFound(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        var mine = (await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 })).Text("id")!;
        var other = await one.Models.Host.CreateReadyClientAsync();
        other.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create(subject: "other"));

        var (status, answer) = await other.RespondAsync($$"""{"input":"a","previous_response_id":"{{mine}}"}""");
        var (reference, refused) = await other.RespondAsync($$"""{"input":[{"type":"item_reference","id":"{{mine.Replace("resp_", "msg_", StringComparison.Ordinal)}}0001"}]}""");
        using var deletion = await other.DeleteAsync(Address(mine));

        Assert.Equal((400, "previous_response_not_found"), (status, answer.Text("error", "code")));
        Assert.Equal((400, "item_not_found", "input[0].id"), (reference, refused.Text("error", "code"), refused.Text("error", "param")));
        Assert.Equal((404, 404, 404), ((int)deletion.StatusCode, await StatusAsync(other, mine), await StatusAsync(other, mine + "/input_items")));
        Assert.Equal(200, await StatusAsync(one.Client, mine));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Delete_OfAResponse_LeavesThoseThatWentOnFromIt(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        var first = (await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 })).Text("id")!;
        var second = (await one.Client.RespondAsync(new { input = "old", previous_response_id = first, max_output_tokens = 1 })).Text("id")!;

        var deleted = await (await one.Client.DeleteAsync(Address(first))).Content.ReadFromJsonAsync<JsonElement>();
        using var again = await one.Client.DeleteAsync(Address(first));

        Assert.Equal((first, "response", true), (deleted.Text("id"), deleted.Text("object"), deleted.GetProperty("deleted").GetBoolean()));
        Assert.Equal((404, 404), ((int)again.StatusCode, await StatusAsync(one.Client, first)));
        Assert.Equal((400, 200), ((await GoOnAsync(one.Client, first)).Status, (await GoOnAsync(one.Client, second)).Status));
        Assert.Equal(404, await StatusAsync(one.Client, Unknown));
        Assert.Equal(404, await StatusAsync(one.Client, "nonsense"));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task InputItems_OfAConversation_AreAllItWasMadeOf(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        var first = await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 });
        var second = await one.Client.RespondAsync(new
        {
            input = new object[] { new { role = "developer", content = "b" }, new { type = "item_reference", id = first.GetProperty("output")[0].Text("id") }, new { role = "user", id = "mine", content = "the" } },
            previous_response_id = first.Text("id"),
            max_output_tokens = 1,
        });
        var address = Address(second.Text("id") + "/input_items");

        var newest = await one.Client.GetFromJsonAsync<JsonElement>(address);
        var page = await one.Client.GetFromJsonAsync<JsonElement>(address + "?order=asc&limit=2");
        var rest = await one.Client.GetFromJsonAsync<JsonElement>(address + $"?order=asc&after={page.Text("last_id")}");
        using var bad = await one.Client.GetAsync(address + "?limit=0");

        string[] said = ["a", first.OutputText(), "b", first.OutputText(), "the"];
        Assert.Equal(said.Reverse(), Texts(newest));
        Assert.Equal(said, Texts(page).Concat(Texts(rest)));
        Assert.Equal(("list", true, false), (page.Text("object"), page.GetProperty("has_more").GetBoolean(), rest.GetProperty("has_more").GetBoolean()));
        Assert.Equal(("mine", "mine", "input_text"), (newest.Text("first_id"), rest.Text("last_id"), newest.GetProperty("data")[0].GetProperty("content")[0].Text("type")));
        Assert.All(newest.GetProperty("data").EnumerateArray(), i => Assert.Equal("message", i.Text("type")));
        Assert.Equal(400, (int)bad.StatusCode);

        static IEnumerable<string> Texts(JsonElement list) => list.GetProperty("data").EnumerateArray().Select(i => i.GetProperty("content")[0].Text("text")!);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Post_MoreThanAClientMayKeep_DropsTheOldest(RedisKind kind)
    {
        using var one = await StartAsync(kind, ("Responses:MaxStoredPerClient", "2"), ("Responses:TimeToLive", "01:00:00"));
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add((await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 })).Text("id")!);

        int[] statuses = [.. await Task.WhenAll(ids.Select(id => StatusAsync(one.Client, id)))];
        Assert.Equal([404, 404, 200, 200], statuses);
        await using var admin = await RedisServers.ConnectAsync(one.Redis);
        var keys = admin.GetServers().Single().Keys(pattern: "responses:*").ToArray();
        // The caller's list and two responses, none of which stays for ever.
        Assert.Equal(3, keys.Length);
        foreach (var key in keys) Assert.InRange((await admin.GetDatabase().KeyTimeToLiveAsync(key))!.Value.TotalSeconds, 3000, 3600);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Post_TooLargeToKeep_IsAnsweredAndNotStored(RedisKind kind)
    {
        using var one = await StartAsync(kind, ("Responses:MaxStoredBytes", "1024"));
        var metadata = Enumerable.Range(0, 4).ToDictionary(i => $"k{i}", _ => new string('v', 500));

        var answer = await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1, metadata });
        var (status, refused) = await one.Client.RespondAsync(JsonSerializer.Serialize(new { input = "a", max_output_tokens = 1, metadata, store = true }));

        Assert.False(answer.GetProperty("store").GetBoolean());
        Assert.Equal((400, "store"), (status, refused.Text("error", "param")));
        Assert.Equal(404, await StatusAsync(one.Client, answer.Text("id")!));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Post_RedisDies_IsRefusedWhereItIsNeededAlone(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        var id = (await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 })).Text("id")!;
        one.Redis.Kill();

        var (status, answer) = await GoOnAsync(one.Client, id);
        var (explicitly, _) = await one.Client.RespondAsync("""{"input":"a","store":true,"max_output_tokens":1}""");
        var silently = await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 });

        Assert.Equal((503, "store_unavailable", 503), (status, answer.Text("error", "code"), explicitly));
        Assert.False(silently.GetProperty("store").GetBoolean());
        using var get = await one.Client.GetAsync(Address(id));
        Assert.Equal((503, true), ((int)get.StatusCode, get.Headers.RetryAfter is not null));
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Post_NoStoreHeader_LeavesNothingBehind(RedisKind kind)
    {
        using var one = await StartAsync(kind);
        one.Client.DefaultRequestHeaders.Add("Cache-Control", "no-store");

        Assert.False((await one.Client.RespondAsync(new { input = "a", max_output_tokens = 1 })).GetProperty("store").GetBoolean());
    }

    private static string Address(string id) => $"{ResponseCalls.Route}/{id}";

    private static async Task<int> StatusAsync(HttpClient client, string id)
    {
        using var response = await client.GetAsync(Address(id));
        return (int)response.StatusCode;
    }

    private static Task<(int Status, JsonElement Body)> GoOnAsync(HttpClient client, string id) => client.RespondAsync($$"""{"input":"a","previous_response_id":"{{id}}","max_output_tokens":1}""");

    private static Dictionary<string, string?> Settings(IRedisServer redis) => new()
    {
        ["ConnectionStrings:cache"] = redis.ConnectionString,
        // A machine that is busy with other tests is slow, not broken.
        ["Responses:RedisBudget"] = "00:00:10",
    };

    /// <summary>A client once its server has connected to Redis, which is behind the start's back.</summary>
    private static async Task<HttpClient> ConnectedAsync(TextModels models)
    {
        var client = await models.Host.CreateReadyClientAsync();
        await Eventually.HoldsAsync(async () => await StatusAsync(client, Unknown) == 404);
        return client;
    }

    private async Task<Server> StartAsync(RedisKind kind, params (string Key, string Value)[] settings)
    {
        var redis = await servers.StartAsync(kind);
        var all = Settings(redis);
        foreach (var (key, value) in settings) all[key] = value;
        var models = new TextModels(null, all);
        return new(redis, models, await ConnectedAsync(models));
    }

    private sealed record Server(IRedisServer Redis, TextModels Models, HttpClient Client) : IDisposable
    {
        public void Dispose() => Models.Dispose();
    }
}
