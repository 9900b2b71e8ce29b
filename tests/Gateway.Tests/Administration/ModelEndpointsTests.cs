using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Gateway.Tests.Rollouts;
using Testing;

namespace Gateway.Tests.Administration;

public sealed class ModelEndpointsTests
{
    [Fact]
    public async Task Cards_WithoutAStore_ShowWhatTheReplicasReport_AndNothingCanBeChanged()
    {
        await using var model = await AdministeredModel.StartAsync(hasStore: false);

        var card = (await model.Admin.GetFromJsonAsync<JsonElement>("/admin/models")).GetProperty("data").EnumerateArray().Single();
        var (status, error) = await model.PostAsync("versions/2/activate");

        Assert.Equal(("sentiment", "text-classification", "1", 0), (Text(card, "id"), Text(card, "task"), Text(card, "active_version"), card.GetProperty("revision").GetInt64()));
        Assert.Equal(JsonValueKind.Null, card.GetProperty("trial").ValueKind);
        Assert.Equal(["3 unloaded  0", "2 unloaded  0", "1 ready active 100"], card.GetProperty("versions").EnumerateArray().Select(Line));
        Assert.Equal(["modelserver-1", "modelserver-2"], card.GetProperty("versions")[0].GetProperty("replicas").EnumerateArray().Select(r => Text(r, "replica")));
        Assert.Equal((503, "Rollouts need Redis or Rollouts:Folder."), (status, Text(error, "detail")));
    }

    [Fact]
    public async Task Activation_OfAVersionThatIsNotLoaded_FlipsWhenAllHaveIt_AndRollsBackAtOnce()
    {
        await using var model = await AdministeredModel.StartAsync();

        // 1. It is loaded first.
        var (status, card) = await model.PostAsync("versions/2/activate");
        Assert.Equal((202, "1", "loading", "activate"), (status, Text(card, "active_version"), Text(card.GetProperty("trial"), "stage"), Text(card.GetProperty("trial"), "goal")));
        Assert.Equal("2 unloaded candidate 0", Line(card.GetProperty("versions")[1]));
        var order = model.Board.Of("sentiment")!["2"]!.Order;
        await model.ReportAsync("2", v => v with { State = "ready", Order = order }, replica: 0);
        Assert.Equal("1", Text(await model.CardAsync(), "active_version"));

        // 2. It becomes active when the last one has it.
        await model.ReportAsync("2", v => v with { State = "ready", Order = order });
        await Eventually.HoldsAsync(async () => Text(await model.CardAsync(), "active_version") == "2");
        card = await model.CardAsync();
        Assert.Equal(("1", "probation", true), (Text(card, "previous_version"), Text(card.GetProperty("trial"), "stage"), card.GetProperty("is_chosen").GetBoolean()));
        Assert.Equal(("activate", "operator"), (Text(card.GetProperty("history")[0], "action"), Text(card.GetProperty("history")[0], "by")));

        // 3. Asked again, nothing changes.
        (status, card) = await model.PostAsync("versions/2/activate", new { });
        Assert.Equal((200, model.Board.Of("sentiment")!.Revision), (status, card.GetProperty("revision").GetInt64()));

        // 4. One call leads back.
        (status, card) = await model.PostAsync("rollback");
        Assert.Equal((200, "1", "2"), (status, Text(card, "active_version"), Text(card, "previous_version")));
        Assert.Equal(JsonValueKind.Null, card.GetProperty("trial").ValueKind);
    }

    [Fact]
    public async Task Canary_ShowsItsShareAndHowItDoes()
    {
        await using var model = await AdministeredModel.StartAsync();
        await model.PostAsync("versions/1/activate");
        await model.ReportAsync("2", v => v with { State = "ready" });

        var (status, card) = await model.PostAsync("versions/2/canary", new { percent = 12.5 });
        Assert.Equal((200, 12.5), (status, card.GetProperty("trial").GetProperty("percent").GetDouble()));
        Assert.Equal(["2 ready canary 12.5", "1 ready active 87.5"], card.GetProperty("versions").EnumerateArray().Skip(1).Select(Line));
        Assert.Equal(200, (await model.PostAsync("versions/2/activate", new { percent = 25 })).Status);
        var id = model.Board.Of("sentiment")!.Trial!.Id;
        await model.ReportAsync("2", v => v with { Counts = Told.Counts(id, 40, 1) });

        var comparison = (await model.CardAsync()).GetProperty("trial").GetProperty("comparison");
        Assert.Equal((80, 2, 0.025), (comparison.GetProperty("requests").GetInt64(), comparison.GetProperty("errors").GetInt64(), comparison.GetProperty("error_rate").GetDouble()));
        Assert.Equal(JsonValueKind.Null, comparison.GetProperty("baseline_latency_ms").ValueKind);
    }

    [Fact]
    public async Task Canary_ThatFails_IsTakenBackByItself()
    {
        var log = new CapturedLog();
        await using var model = await AdministeredModel.StartAsync(log: log);
        await model.PostAsync("versions/1/activate");
        await model.ReportAsync("2", v => v with { State = "ready" });
        await model.PostAsync("versions/2/canary", new { percent = 50 });
        var id = model.Board.Of("sentiment")!.Trial!.Id;

        await model.ReportAsync("2", v => v with { Counts = Told.Counts(id, 60, 30) }, replica: 0);
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment")!.Trial is null);

        var card = await model.CardAsync();
        Assert.Equal(("1", "automatic_rollback"), (Text(card, "active_version"), Text(card.GetProperty("history")[0], "action")));
        Assert.Equal("Version 2 failed 30 of 60 requests (50 %), version 1 0 of 0 (0 %).", Text(card.GetProperty("history")[0], "reason"));
        await Eventually.HoldsAsync(() => log.Lines.Any(l => l.Contains("automatic_rollback of sentiment, version 2: Version 2 failed 30 of 60", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Unload_OfTheActiveVersion_TakesForce()
    {
        await using var model = await AdministeredModel.StartAsync();
        await model.PostAsync("versions/1/activate");
        await model.ReportAsync("2", v => v with { State = "ready" });

        var (status, error) = await model.PostAsync("versions/1/unload");
        Assert.Equal((409, "rollout_conflict"), (status, Text(error, "code")));
        Assert.StartsWith("Version 1 is the active one", Text(error, "detail"), StringComparison.Ordinal);
        (status, var card) = await model.PostAsync("versions/1/unload", new { force = true });
        Assert.Equal((202, "2"), (status, Text(card, "active_version")));
        await model.ReportAsync("1", v => v with { State = "unloaded" });
        Assert.Equal(200, (await model.PostAsync("versions/1/unload")).Status);
    }

    [Fact]
    public async Task Version_ThatDoesNotFit_IsRefusedBeforeAnythingIsWritten()
    {
        await using var model = await AdministeredModel.StartAsync();
        var revision = model.Board.Of("sentiment")!.Revision;

        foreach (var action in new[] { "load", "activate", "shadow" })
        {
            var (status, error) = await model.PostAsync($"versions/3/{action}");
            Assert.Equal((507, "out_of_memory"), (status, Text(error, "code")));
            Assert.Equal("Version 3 of 'sentiment' does not fit into the memory that modelserver-1 has left: it needs 8,250 MB. Unload another version first.", Text(error, "detail"));
        }

        Assert.Equal(revision, model.Store.Of("sentiment")!.Revision);
    }

    [Fact]
    public async Task Requests_ThatCannotBe_AreRefusedWithoutAChange()
    {
        (string Method, string Path, string? Body, int Status)[] requests =
        [
            ("GET", "absent", null, 404),
            ("POST", "absent/rollback", null, 404),
            ("POST", "absent/versions/1/load", null, 404),
            ("POST", "sentiment/versions/9/load", null, 404),
            ("POST", "sentiment/versions/9/unload", null, 404),
            ("POST", "sentiment/versions/latest/load", null, 422),
            ("POST", "a%20b/versions/1/load", null, 422),
            ("POST", "sentiment/rollback", null, 409),
            ("POST", "sentiment/versions/1/canary", """{"percent":10}""", 409),
            ("POST", "sentiment/versions/2/canary", """{"percent":0}""", 422),
            ("POST", "sentiment/versions/2/canary", """{"percent":100}""", 422),
            ("POST", "sentiment/versions/2/canary", """{"percent":1.234}""", 422),
            ("POST", "sentiment/versions/2/canary", """{"percent":"10"}""", 422),
            ("POST", "sentiment/versions/2/canary", """{"percent":null}""", 422),
            ("POST", "sentiment/versions/2/canary", """{"Percent":10}""", 422),
            ("POST", "sentiment/versions/2/canary", "{}", 422),
            ("POST", "sentiment/versions/2/canary", "{", 400),
            ("POST", "sentiment/versions/2/canary", null, 400),
            ("POST", "sentiment/versions/2/activate", """{"percent":-1}""", 422),
            ("POST", "sentiment/versions/2/activate", """{"force":true}""", 422),
            ("POST", "sentiment/versions/2/unload", """{"force":"yes"}""", 422),
            ("GET", "sentiment/rollback", null, 405),
        ];
        await using var model = await AdministeredModel.StartAsync(replicas: 1);
        var revision = model.Store.Of("sentiment")!.Revision;
        foreach (var (method, path, body, status) in requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/admin/models/{path}");
            if (method == "POST") request.Content = new StringContent(body ?? "", Encoding.UTF8, "application/json");

            using var response = await model.Admin.SendAsync(request);

            Assert.True((int)response.StatusCode == status, $"{method} {path} {body}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            await ErrorShape.AssertAsync(response, "/admin/models", status);
        }

        Assert.Equal(revision, model.Store.Of("sentiment")!.Revision);
    }

    [Fact]
    public async Task Change_WithoutItsScope_IsRefused()
    {
        await using var model = await AdministeredModel.StartAsync(replicas: 1);
        using var client = model.Gateway.CreateInferClient();
        using var limited = model.Gateway.CreateClient(TestTokens.Create("admin", claims: new Dictionary<string, object> { ["models"] = "other" }));

        foreach (var path in new[] { "/admin/models", "/admin/models/sentiment" }) Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(path)).StatusCode);
        foreach (var path in new[] { "rollback", "versions/1/load", "versions/1/canary" }) Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync($"/admin/models/sentiment/{path}", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await limited.GetAsync("/admin/models/sentiment")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await limited.PostAsync("/admin/models/sentiment/versions/2/load", null)).StatusCode);
        Assert.Empty((await limited.GetFromJsonAsync<JsonElement>("/admin/models")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Change_WhenOthersAreFaster_IsTriedAgain_AndWhenTheStoreIsAway_Refused()
    {
        await using var model = await AdministeredModel.StartAsync();
        await model.ReportAsync("2", v => v with { State = "ready" });
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment")!.Active == "2");
        await model.PostAsync("rollback");

        model.Store.Rivals = 3;
        var (status, card) = await model.PostAsync("versions/2/canary", new { percent = 5 });
        Assert.Equal((200, "canary"), (status, Text(card.GetProperty("trial"), "stage")));
        model.Store.IsAway = true;
        using var refused = await model.Admin.PostAsync("/admin/models/sentiment/rollback", null);

        await ErrorShape.AssertAsync(refused, "/admin/models", 503);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal("canary", Text((await model.CardAsync()).GetProperty("trial"), "stage"));
    }

    [Fact]
    public async Task Listing_NamesTheActiveVersionOfTheDocument()
    {
        await using var model = await AdministeredModel.StartAsync();
        await model.ReportAsync("2", v => v with { State = "ready" });
        await Eventually.HoldsAsync(() => model.Board.Of("sentiment")!.Active == "2");

        var listed = await model.Admin.GetFromJsonAsync<JsonElement>("/v1/models/sentiment");

        Assert.Equal("2", Text(listed, "active_version"));
        await model.PostAsync("rollback");
        Assert.Equal("1", Text(await model.Admin.GetFromJsonAsync<JsonElement>("/v1/models/sentiment"), "active_version"));
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static string Line(JsonElement version) => $"{Text(version, "version")} {Text(version, "state")} {Text(version, "role")} {version.GetProperty("traffic_percent").GetDouble()}";
}
