using System.Net;
using System.Text;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Edge;

public sealed class PlainRequestTests
{
    private static readonly string Admin = TestTokens.Create("infer models:read metrics admin");

    /// <summary>HEAD was refused where GET is served.</summary>
    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/ready")]
    [InlineData("/metrics")]
    [InlineData("/console")]
    [InlineData("/console/app.js")]
    [InlineData("/docs")]
    [InlineData("/docs/index.html")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/sentiment")]
    [InlineData("/v1/models/none")]
    [InlineData("/v2/models/sentiment")]
    [InlineData("/admin/keys")]
    [InlineData("/admin/usage")]
    [InlineData("/admin/replicas")]
    public async Task Head_OfWhatGetHas_IsTheSameWithoutABody(string path)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Authentication:GatewayKey", new string('k', 40)));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway.Address };
        foreach (var token in new[] { null, Admin })
        {
            client.DefaultRequestHeaders.Authorization = token is null ? null : new("Bearer", token);
            using var get = await client.GetAsync(path);
            using var head = await client.SendAsync(new(HttpMethod.Head, path));

            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Equal(get.Headers.Location, head.Headers.Location);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        // What HEAD left behind is a whole answer, not an empty one.
        using var again = await client.GetAsync(path);
        if (again.StatusCode == HttpStatusCode.OK) Assert.NotEmpty(await again.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("GET", "/predict", "POST")]
    [InlineData("HEAD", "/predict", "POST")]
    [InlineData("POST", "/", "GET, HEAD")]
    [InlineData("POST", "/health", "GET, HEAD")]
    [InlineData("POST", "/docs", "GET, HEAD")]
    [InlineData("POST", "/console", "GET, HEAD")]
    [InlineData("PUT", "/openapi/v1.json", "GET, HEAD")]
    [InlineData("GET", "/admin/keys/x", "DELETE")]
    [InlineData("PUT", "/admin/keys", "GET, HEAD, POST")]
    [InlineData("TRACE", "/predict", "GET, HEAD, POST, DELETE, OPTIONS")]
    public async Task Method_ThatIsWrong_Is405WithThoseThatAreRight(string method, string path, string allow)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient(Admin);

        using var answer = await client.SendAsync(new(new HttpMethod(method), path));

        Assert.Equal(405, (int)answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("//v1//embeddings")]
    [InlineData("/v1/embeddings/")]
    [InlineData("///v1/embeddings///")]
    public async Task Path_WithEmptySegments_IsForwardedWithout(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var answer = await client.PostAsync(gateway.Address.GetLeftPart(UriPartial.Authority) + path, Json("{}"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/v1/embeddings", gateway.Replica.Seen.Single().Path);
    }

    /// <summary>Whatever a route demands it demands under each spelling of its path.</summary>
    [Theory]
    [InlineData("//admin//replicas/", "infer", 403)]
    [InlineData("//admin//replicas/", null, 401)]
    [InlineData("//metrics", "infer", 403)]
    [InlineData("/admin%2freplicas", "admin", 404)]
    [InlineData("//v1//models/", "infer", 200)]
    public async Task Path_WithEmptySegments_NeedsTheTokenOfTheRouteWithout(string path, string? scope, int status)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Authentication:GatewayKey", new string('k', 40)));
        using var client = gateway.CreateClient(scope is null ? null : TestTokens.Create(scope));

        using var answer = await client.GetAsync(gateway.Address.GetLeftPart(UriPartial.Authority) + path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    /// <summary>The documentation's own redirect was relative: from <c>/docs/</c> it led to <c>/docs/docs/index.html</c>.</summary>
    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    public async Task Docs_WithASlashOrWithout_LeadToTheirPage(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient();

        using var page = await client.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, "/docs/index.html"), (page.StatusCode, page.RequestMessage!.RequestUri!.AbsolutePath));
    }

    [Fact]
    public async Task Head_OverHttp2_HasNoBodyEither()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = new HttpClient { BaseAddress = gateway.Http2Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var head = await client.SendAsync(new(HttpMethod.Head, "/health") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Path_WithEmptySegments_HasTheLimitsOfTheRouteWithout()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("RateLimiting:Tiers:default:TokensPerMinute", "100"), ("RateLimiting:BytesPerToken", "1"), ("Limits:TextBytes", "2000")]);
        using var client = gateway.CreateInferClient();
        var root = gateway.Address.GetLeftPart(UriPartial.Authority);

        using var reserved = await client.PostAsync(root + "//v1//completions/", Json("""{"max_tokens":40}"""));
        using var large = await client.PostAsync(root + "//v1///generate/", Json(new string(' ', 3000)));

        Assert.Equal($"{100 - 17 - 40}", reserved.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
        Assert.Equal(413, (int)large.StatusCode);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
