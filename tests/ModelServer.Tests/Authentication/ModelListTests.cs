using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.Authentication;

/// <summary>The models that a token is for, asked of the model server itself.</summary>
public sealed class ModelListTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    [Theory]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("{}")]
    public async Task Token_ForNoModel_SeesNoneAndMayUseNone(string models)
    {
        var client = await ClientAsync($$"""{"sub":"ann","models":{{models}}}""");

        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/sentiment")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "sentiment" })).StatusCode);
        // No model is named: none is there to stand in.
        Assert.InRange((int)(await client.PostAsJsonAsync("/predict", new { text = "x" })).StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("""{"sub":"ann"}""")]
    [InlineData("""{"client_id":"svc","models":["sentiment"]}""")]
    public async Task Token_WithoutAListOrForTheModel_MayUseIt(string payload)
        => Assert.Equal(HttpStatusCode.OK, (await (await ClientAsync(payload)).PostAsJsonAsync("/predict", new { text = "x", model = "sentiment" })).StatusCode);

    private async Task<HttpClient> ClientAsync(string payload)
    {
        var client = await host.CreateReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Sign(payload));
        return client;
    }
}
