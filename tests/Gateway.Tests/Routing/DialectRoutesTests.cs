using System.Net;
using System.Text;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Routing;

/// <summary>The routes of Cohere and of Hugging Face's servers are forwarded, guarded, limited and metered as ours are.</summary>
public sealed class DialectRoutesTests
{
    public static readonly TheoryData<string> Posts = ["/v2/rerank", "/embed", "/embed_all", "/embed_sparse", "/similarity", "/rerank", "/tokenize", "/generate", "/generate_stream"];

    private static readonly (string, string)[] ThousandTokens = [("RateLimiting:Tiers:default:TokensPerMinute", "1000"), ("RateLimiting:BytesPerToken", "1")];

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Post_WithTheScopeInfer_IsForwarded(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync(path, Body("{}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(path, Assert.Single(gateway.Replica.Seen).Path);
    }

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Post_WithoutTheScope_IsRefusedInTheRoutesForm(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var stranger = gateway.CreateClient();
        using var reader = gateway.CreateClient(TestTokens.Create("models:read"));

        using var unknown = await stranger.PostAsync(path, Body("{}"));
        using var forbidden = await reader.PostAsync(path, Body("{}"));

        await ErrorShape.AssertAsync(unknown, path, 401);
        await ErrorShape.AssertAsync(forbidden, path, 403);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Fact]
    public async Task Info_WithTheScopeOfListings_IsForwarded()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var reader = gateway.CreateClient(TestTokens.Create("models:read"));

        using var response = await reader.GetAsync("/info?model=m");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("/info", Assert.Single(gateway.Replica.Seen).Path);
    }

    [Theory]
    [InlineData("/generate")]
    [InlineData("/generate_stream")]
    public async Task Generation_TokensOfItsParameters_AreReserved(string path)
    {
        const string Request = """{"inputs":"a story","parameters":{"max_new_tokens":40,"top_k":3}}""";
        await using var gateway = await GatewayHost.StartAsync(settings: ThousandTokens);
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync(path, Body(Request));

        Assert.Equal($"{1000 - Request.Length - 40}", response.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }

    [Fact]
    public async Task Limit_UsedUp_IsToldInTheRoutesForm()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("RateLimiting:Tiers:default:RequestsPerMinute", "1")]);
        using var client = gateway.CreateInferClient();
        (await client.PostAsync("/embed", Body("{}"))).Dispose();

        foreach (var path in new[] { "/embed", "/generate", "/v2/rerank" })
        {
            using var response = await client.PostAsync(path, Body("{}"));

            await ErrorShape.AssertAsync(response, path, 429);
            Assert.NotNull(response.Headers.RetryAfter);
        }
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
