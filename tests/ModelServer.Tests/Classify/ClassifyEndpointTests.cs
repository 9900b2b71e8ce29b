using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.Classify;

public class ClassifyEndpointTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    /// <summary>What another batch or more padding may change in a score of the fp32 model.</summary>
    private const double BatchTolerance = 1e-5;

    [Fact]
    public async Task Classify_SeveralInputs_AnswersEachInOrderAsIfAlone()
    {
        var client = await host.CreateReadyClientAsync();
        client.DefaultRequestHeaders.CacheControl = new() { NoCache = true };
        string[] texts = ["great", "a terrible, boring mess that never ends and says nothing at all", "ok", "I loved every minute of it"];

        var together = await Classify(client, new { input = texts });

        Assert.Equal(texts.Length, together.GetProperty("results").GetArrayLength());
        Assert.True(together.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > texts.Length * 2);
        for (var i = 0; i < texts.Length; i++)
        {
            var alone = await Classify(client, new { input = texts[i] });
            var (expected, actual) = (Best(alone, 0), Best(together, i));
            Assert.Equal(expected.Label, actual.Label);
            Assert.Equal(expected.Score, actual.Score, BatchTolerance);
        }
    }

    [Fact]
    public async Task Classify_TopK_KeepsTheBest()
    {
        var client = await host.CreateReadyClientAsync();

        var all = await Classify(client, new { input = "great" });
        var one = await Classify(client, new { input = "great", top_k = 1 });

        var labels = all.GetProperty("results")[0].GetProperty("labels");
        Assert.Equal(2, labels.GetArrayLength());
        Assert.True(labels[0].GetProperty("score").GetDouble() >= labels[1].GetProperty("score").GetDouble());
        Assert.Equal(1, one.GetProperty("results")[0].GetProperty("labels").GetArrayLength());
    }

    [Fact]
    public async Task Classify_Pair_IsOneInput()
    {
        var client = await host.CreateReadyClientAsync();

        var body = await Classify(client, new { input = new[] { new[] { "good", "bad" } } });

        Assert.Equal(1, body.GetProperty("results").GetArrayLength());
    }

    [Theory]
    [InlineData("{}", 422)]
    [InlineData("""{"input":[]}""", 422)]
    [InlineData("""{"input":[""]}""", 422)]
    [InlineData("""{"input":[["a"]]}""", 422)]
    [InlineData("""{"input":[["a","b","c"]]}""", 422)]
    [InlineData("""{"input":{"text":"a"}}""", 422)]
    [InlineData("""{"input":[5]}""", 422)]
    [InlineData("""{"input":"a","top_k":0}""", 422)]
    [InlineData("""{"input":"a","model":"absent"}""", 404)]
    [InlineData("""{"input":[""", 400)]
    public async Task Classify_BadBody_IsAnErrorObject(string body, int status)
    {
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsync("/v1/classify", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Classify_TooLong_IsRefusedUnlessTruncated()
    {
        var client = await host.CreateReadyClientAsync();
        var input = string.Concat(Enumerable.Repeat("wonderful ", 5_000));

        using var refused = await client.PostAsJsonAsync("/v1/classify", new { input });
        using var cut = await client.PostAsJsonAsync("/v1/classify", new { input, truncate = true });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, cut.StatusCode);
    }

    private static async Task<JsonElement> Classify(HttpClient client, object request)
    {
        using var response = await client.PostAsJsonAsync("/v1/classify", request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static (string Label, double Score) Best(JsonElement body, int index)
    {
        var best = body.GetProperty("results")[index].GetProperty("labels")[0];
        return (best.GetProperty("label").GetString()!, best.GetProperty("score").GetDouble());
    }
}
