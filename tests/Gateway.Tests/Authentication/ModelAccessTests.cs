using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Authentication;

public sealed class ModelAccessTests
{
    [Theory]
    [InlineData("sentiment", 200)]
    [InlineData("sentiment:2", 200)]
    [InlineData("other:1", 200)]
    [InlineData("other", 404)]
    [InlineData("other:2", 404)]
    [InlineData("sentiment2", 404)]
    [InlineData("secret", 404)]
    [InlineData(null, 200)]
    public async Task Model_TheTokenIsNotFor_DoesNotExist(string? model, int expected)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["models"] = "sentiment other:1" }));

        using var response = await client.PostAsJsonAsync("/v1/classify", new { input = "x", model });

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 200 ? 1 : 0, gateway.Replica.Count);
        if (expected == 404) Assert.Contains("model_not_found", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_WithoutAList_IsForAllModels()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "any" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
