using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.Classify;

public class PredictEndpointTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    [Theory]
    [InlineData("A warm, funny and beautifully acted film.", "positive")]
    [InlineData("Dull, lifeless and far too long.", "negative")]
    public async Task Predict_ClearSentiment_IsRecognised(string text, string label)
    {
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/predict", new { text });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(label, body.GetProperty("label").GetString());
        Assert.InRange(body.GetProperty("score").GetDouble(), 0.5, 1.0);
        Assert.Equal("sentiment", body.GetProperty("model").GetString());
        Assert.Equal("1", body.GetProperty("model_version").GetString());
        Assert.False(body.GetProperty("from_cache").GetBoolean());
        Assert.True(body.GetProperty("processing_time").GetDouble() > 0);
        Assert.Equal("1", response.Headers.GetValues("x-model-version").Single());
        Assert.Contains("infer;dur=", response.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 422, "text")]
    [InlineData("""{"text":null}""", 422, "text")]
    [InlineData("""{"text":""}""", 422, "text")]
    [InlineData("""{"text":5}""", 422, "text")]
    [InlineData("""{"text":"a","max_length":0}""", 422, "max_length")]
    [InlineData("""{"text":"a","max_length":"many"}""", 422, "max_length")]
    [InlineData("""{"text":"a","temperature":0.5}""", 422, "temperature")]
    [InlineData("""{"text":"a","model":"absent"}""", 404, "model")]
    [InlineData("""{"text":"a","model":"../../etc"}""", 404, "model")]
    [InlineData("""{"text":""", 400, null)]
    [InlineData("", 400, null)]
    [InlineData("[]", 422, null)]
    [InlineData("null", 400, null)]
    public async Task Predict_BadBody_IsAProblemThatNamesTheField(string body, int status, string? field)
    {
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsync("/predict", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        if (field is not null) Assert.Contains(field, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_NotJson_IsUnsupported()
    {
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsync("/predict", new StringContent("text=a", Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("models:read", 403)]
    public async Task Predict_WithoutTheScope_IsDenied(string? scope, int status)
    {
        var client = await host.CreateReadyClientAsync(scope);

        using var response = await client.PostAsJsonAsync("/predict", new { text = "a" });

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Predict_LongerThanTheModelTakes_IsTruncated()
    {
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/predict", new { text = string.Concat(Enumerable.Repeat("wonderful ", 5_000)) });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Predict_MaxLength_CutsTheText()
    {
        var client = await host.CreateReadyClientAsync();

        var cut = await Score(client, new { text = "good bad bad bad bad bad", max_length = 3 });
        var whole = await Score(client, new { text = "good" });

        Assert.Equal(whole, cut, 5);
    }

    private static async Task<double> Score(HttpClient client, object request)
    {
        using var response = await client.PostAsJsonAsync("/predict", request);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("score").GetDouble();
    }
}
