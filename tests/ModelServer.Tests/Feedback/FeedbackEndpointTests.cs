using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Feedback;

/// <summary>The real server with the shipped classifier, which answers these texts rightly.</summary>
public sealed class FeedbackEndpointTests : IDisposable
{
    private const string Good = "A warm, funny film that I would gladly see again.", Bad = "What a waste of time, boring and stupid.";
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ModelServerHost _host;

    public FeedbackEndpointTests() => _host = new(ShippedModels.Sentiment, new Dictionary<string, string?> { ["Feedback:Remembered"] = "6", ["Feedback:Lifetime"] = "00:10:00" }, _time);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Feedback_IsCountedByVersion()
    {
        var client = await _host.CreateReadyClientAsync("infer admin metrics");
        await ClassifyAsync(client, "r-1", Good, Bad);
        await ClassifyAsync(client, "r-2", Good);

        var first = await OkAsync(client, new { request_id = "r-1", label = "positive" });
        var second = await OkAsync(client, new { request_id = "r-1", label = new[] { "negative" }, index = 1 });
        var third = await OkAsync(client, new { request_id = "r-2", label = "negative" });

        Assert.Equal("""{"request_id":"r-1","model":"sentiment","model_version":"1","correct":true}""", first.GetRawText());
        Assert.Equal((true, false), (second.GetProperty("correct").GetBoolean(), third.GetProperty("correct").GetBoolean()));
        var quality = await QualityAsync(client);
        Assert.Equal((3, 2), (quality.GetProperty("samples").GetInt32(), quality.GetProperty("correct").GetInt32()));
        Assert.Equal(
            ["negative negative 1", "negative positive 1", "positive positive 1"],
            quality.GetProperty("confusion").EnumerateArray().Select(c => $"{c.GetProperty("true")} {c.GetProperty("predicted")} {c.GetProperty("count")}").Order());
        Assert.Equal((3, 2), (InBins(quality, "samples"), InBins(quality, "correct")));
        Assert.Matches("model_feedback_total\\{[^}]*outcome=\"correct\"[^}]*\\} 2", await client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task Feedback_GivenAgain_TakesThePlaceOfTheFormer()
    {
        var client = await _host.CreateReadyClientAsync("infer admin");
        await ClassifyAsync(client, "r-1", Good);

        await OkAsync(client, new { request_id = "r-1", label = "negative" });
        await OkAsync(client, new { request_id = "r-1", label = "positive" });

        var quality = await QualityAsync(client);
        Assert.Equal((1, 1, 1), (quality.GetProperty("samples").GetInt32(), quality.GetProperty("correct").GetInt32(), quality.GetProperty("confusion").GetArrayLength()));
        Assert.Equal((1, 1), (InBins(quality, "samples"), InBins(quality, "correct")));
    }

    [Fact]
    public async Task Feedback_AfterAReset_TakesNothingBack()
    {
        var client = await _host.CreateReadyClientAsync("infer admin");
        await ClassifyAsync(client, "r-1", Good);
        await OkAsync(client, new { request_id = "r-1", label = "negative" });
        (await client.PostAsync("/drift/sentiment/reset", null)).Dispose();

        await OkAsync(client, new { request_id = "r-1", label = "positive" });

        Assert.Equal(1, (await QualityAsync(client)).GetProperty("samples").GetInt32());
    }

    [Fact]
    public async Task Feedback_ToARequestThatIsNotRemembered_IsNotFound()
    {
        var client = await _host.CreateReadyClientAsync();
        await RefusedAsync(client, new { request_id = "absent", label = "positive" }, 404, "request_id");
        await ClassifyAsync(client, "others", Good);
        await ClassifyAsync(client, "old", Good);

        // Another client's.
        using var other = _host.CreateClient();
        other.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create(subject: "someone else"));
        await RefusedAsync(other, new { request_id = "others", label = "positive" }, 404, "request_id");

        // Pushed out: six inputs are remembered.
        for (var i = 0; i < 5; i++) await ClassifyAsync(client, $"r-{i}", Good);
        await RefusedAsync(client, new { request_id = "others", label = "positive" }, 404, "request_id");
        await OkAsync(client, new { request_id = "old", label = "positive" });

        // Too late.
        _time.Advance(TimeSpan.FromMinutes(11));
        await RefusedAsync(client, new { request_id = "r-4", label = "positive" }, 404, "request_id");
    }

    [Fact]
    public async Task Id_UsedAgain_MeansTheLaterRequest()
    {
        var client = await _host.CreateReadyClientAsync("infer admin");
        await ClassifyAsync(client, "r-1", Good, Good, Good);
        await ClassifyAsync(client, "r-1", Bad);

        Assert.False((await OkAsync(client, new { request_id = "r-1", label = "positive" })).GetProperty("correct").GetBoolean());
        await RefusedAsync(client, new { request_id = "r-1", label = "positive", index = 1 }, 422, "index");

        // The first request's place is taken, the later one's is not.
        await ClassifyAsync(client, "r-2", Good, Good, Good, Good);
        Assert.True((await OkAsync(client, new { request_id = "r-1", label = "negative" })).GetProperty("correct").GetBoolean());
    }

    [Theory]
    [InlineData("""{"request_id":"r-1","label":"POSITIVE"}""", "label")]
    [InlineData("""{"request_id":"r-1","label":["positive","negative"]}""", "label")]
    [InlineData("""{"request_id":"r-1","label":[]}""", "label")]
    [InlineData("""{"request_id":"r-1","label":"positive","index":1}""", "index")]
    [InlineData("""{"request_id":"r-1","label":"positive","index":2147483647}""", "index")]
    [InlineData("""{"request_id":"r-1","label":"positive","comment":"x"}""", "comment")]
    public async Task Field_ThatDoesNotSuitTheRequest_IsRefused(string body, string field)
    {
        var client = await _host.CreateReadyClientAsync();
        await ClassifyAsync(client, "r-1", Good);

        using var response = await client.PostAsync("/v1/feedback", new StringContent(body, null, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Feedback_WhereSeveralLabelsHold_ComparesAllOfThem()
    {
        using var models = new SmallModels();
        var client = await models.Host.CreateReadyClientAsync("infer admin");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify") { Content = JsonContent.Create(new { model = "tiny-multilabel", input = "one two" }) };
        request.Headers.Add("x-request-id", "r-1");
        using var response = await client.SendAsync(request);
        var labels = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results")[0].GetProperty("labels").EnumerateArray().ToArray();
        string[] held = [.. labels.Where(l => l.GetProperty("score").GetDouble() >= 0.5).Select(l => l.GetProperty("label").GetString()!)];
        string[] others = [.. labels.Select(l => l.GetProperty("label").GetString()!).Except(held)];

        Assert.True((await OkAsync(client, new { request_id = "r-1", label = held })).GetProperty("correct").GetBoolean());
        Assert.False((await OkAsync(client, new { request_id = "r-1", label = others })).GetProperty("correct").GetBoolean());
        var told = await client.GetFromJsonAsync<JsonElement>("/drift/tiny-multilabel");
        Assert.Equal(labels.Length, told.GetProperty("versions")[0].GetProperty("quality").GetProperty("confusion").GetArrayLength());
    }

    private static async Task ClassifyAsync(HttpClient client, string id, params string[] texts)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify") { Content = JsonContent.Create(new { model = "sentiment", input = texts }) };
        request.Headers.Add("x-request-id", id);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<JsonElement> OkAsync(HttpClient client, object feedback)
    {
        using var response = await client.PostAsJsonAsync("/v1/feedback", feedback);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task RefusedAsync(HttpClient client, object feedback, int status, string field)
    {
        using var response = await client.PostAsJsonAsync("/v1/feedback", feedback);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    private static int InBins(JsonElement quality, string what) => quality.GetProperty("bins").EnumerateArray().Sum(b => b.GetProperty(what).GetInt32());

    private static async Task<JsonElement> QualityAsync(HttpClient client)
        => (await client.GetFromJsonAsync<JsonElement>("/drift/sentiment")).GetProperty("versions")[0].GetProperty("quality");
}
