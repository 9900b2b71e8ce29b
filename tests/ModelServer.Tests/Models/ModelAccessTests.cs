using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.Models;

public sealed class ModelAccessTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    [Theory]
    [InlineData("sentiment", "/predict", """{"text":"x","model":"sentiment"}""", 200)]
    [InlineData("sentiment", "/predict", """{"text":"x"}""", 200)]
    [InlineData("sentiment:1", "/predict", """{"text":"x"}""", 200)]
    [InlineData("sentiment:7", "/predict", """{"text":"x","model":"sentiment"}""", 404)]
    [InlineData("embedding", "/predict", """{"text":"x","model":"sentiment"}""", 404)]
    [InlineData("embedding", "/predict", """{"text":"x","model":"sentiment:1"}""", 404)]
    [InlineData("embedding", "/v1/classify", """{"input":"x","model":"sentiment"}""", 404)]
    [InlineData("sentiment", "/v1/embeddings", """{"input":"x","model":"embedding"}""", 404)]
    [InlineData("sentiment", "/v1/tokenize", """{"text":"x","model":"embedding"}""", 404)]
    [InlineData("sentiment", "/v1/detokenize", """{"ids":[5],"model":"embedding"}""", 404)]
    [InlineData("embedding", "/predict", """{"text":"x"}""", 422)]
    public async Task Model_OutsideTheTokensList_DoesNotExist(string models, string path, string body, int expected)
    {
        using var client = await ClientAsync(models);

        using var response = await client.PostAsync(path, new StringContent(body, MediaTypeHeaderValue.Parse("application/json")));

        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Listing_ShowsTheTokensModelsAlone()
    {
        using var client = await ClientAsync("embedding");

        var list = await client.GetFromJsonAsync<JsonElement>("/v1/models");

        Assert.Equal(["embedding"], list.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/models/embedding")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/sentiment")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/sentiment:1")).StatusCode);
    }

    [Fact]
    public async Task Answer_TellsTheGatewayItsTokens()
    {
        using var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/predict", new { text = "A fine film." });

        Assert.InRange(int.Parse(response.Headers.GetValues("x-usage-prompt-tokens").Single(), System.Globalization.CultureInfo.InvariantCulture), 4, 12);
    }

    private async Task<HttpClient> ClientAsync(string models)
    {
        var client = await host.CreateReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create(claims: new Dictionary<string, object> { ["models"] = models }));
        return client;
    }
}
