using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class ModelListingTests
{
    [Fact]
    public async Task Listing_OfDifferingReplicas_IsTheSameAlwaysAndAsksNone()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].HasModels([("a:1", "ready"), ("b:1", "loading")]);
        gateway.Replicas[1].HasModels([("b:1", "ready"), ("c:1", "error")]);
        await gateway.WaitUntilAsync(() => gateway.Pool.Find("modelserver-1")!.Models.All.Contains("a") && gateway.Pool.Find("modelserver-2")!.Models.All.Contains("c"));
        using var client = gateway.CreateClient(TestTokens.Create("models:read"));

        for (var i = 0; i < 5; i++)
        {
            var list = await client.GetFromJsonAsync<JsonElement>("/v1/models");
            Assert.Equal("list", list.GetProperty("object").GetString());
            Assert.Equal(["a ready", "b ready", "c error"], list.GetProperty("data").EnumerateArray().Select(m => $"{m.GetProperty("id")} {m.GetProperty("versions")[0].GetProperty("state")}"));
            Assert.Equal("There is no tokenizer.", list.GetProperty("data")[2].GetProperty("versions")[0].GetProperty("reason").GetString());
            Assert.Equal("a", (await client.GetFromJsonAsync<JsonElement>("/v1/models/a")).GetProperty("id").GetString());
            Assert.Equal(128, (await client.GetFromJsonAsync<JsonElement>("/v1/models/b:1")).GetProperty("versions")[0].GetProperty("max_tokens").GetInt32());
            using var unknown = await client.GetAsync("/v1/models/a:2");
            await ErrorShape.AssertAsync(unknown, "/v1/models", 404);
        }

        Assert.Equal(0, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Listing_WhileNothingIsReady_TellsWhatLoads()
    {
        await using var replica = await FakeReplica.StartAsync();
        replica.IsReady = false;
        replica.HasModels([("a:1", "loading"), ("b:1", "error")]);
        await using var gateway = GatewayHost.Create("Production", ("services:modelserver-1:http:0", replica.Address));
        gateway.Start();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().Models.All.Contains("a"));
        using var client = gateway.CreateInferClient();

        var data = (await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data");
        using var refused = await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "a" });

        Assert.Equal(["loading", "error"], data.EnumerateArray().Select(m => m.GetProperty("versions")[0].GetProperty("state").GetString()));
        await ErrorShape.AssertAsync(refused, "/v1/classify", 503);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task Listing_OfReplicasThatAreGone_IsWhatTheyLastTold()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.HasModels("a:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().Models.All.Contains("a"));
        await gateway.Replica.KillAsync();
        await gateway.WaitUntilAsync(() => !gateway.Pool.All.Single().IsAvailable);
        using var client = gateway.CreateInferClient();

        Assert.Equal("a", (await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/a")]
    public async Task Listing_BeforeAnyReplicaWasReached_IsAnswered503(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0, settings: ("services:modelserver-1:http:0", GatewayHost.DeadAddress()));
        using var client = gateway.CreateInferClient();

        using var response = await client.GetAsync(path);

        await ErrorShape.AssertAsync(response, path, 503);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Token_ForOneModel_SeesItAlone()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.HasModels("a:1", "b:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().Models.All.Contains("a"));
        using var client = gateway.CreateClient(TestTokens.Create(claims: new Dictionary<string, object> { ["models"] = "b" }));

        Assert.Equal("b", Assert.Single((await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/a")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/models/b:1")).StatusCode);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task Token_ForNoModel_SeesNone(string models)
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.HasModels("a:1", "b:1");
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().Models.All.Contains("a"));
        using var client = gateway.CreateClient(TestTokens.Sign($$"""{"sub":"ann","models":{{models}}}"""));

        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/models/a")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/v1/classify", new { input = "x", model = "a" })).StatusCode);
    }

    [Theory]
    [InlineData("metrics", 403)]
    [InlineData(null, 401)]
    public async Task Listing_ForATokenWithoutTheScope_IsRefused(string? scope, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(scope is null ? null : TestTokens.Create(scope));

        Assert.Equal(status, (int)(await client.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task Probe_CarriesATokenThatMayListModelsAndNothingElse()
    {
        await using var gateway = await GatewayHost.StartAsync();

        var token = new JsonWebToken(gateway.Replica.ProbedWith!["Bearer ".Length..]);

        Assert.Equal("models:read", token.GetClaim("scope").Value);
        Assert.InRange(token.ValidTo - token.ValidFrom, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }
}
