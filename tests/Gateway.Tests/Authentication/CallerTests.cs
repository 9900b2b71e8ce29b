using System.Net;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Authentication;

/// <summary>Whoever a token names is one and the same for limits and audit; a token that names nobody opens nothing.</summary>
public sealed class CallerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("caller-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("""{"sub":"svc"}""")]
    [InlineData("""{"client_id":"svc"}""")]
    [InlineData("""{"azp":"svc"}""")]
    [InlineData("""{"sub":"","client_id":"svc"}""")]
    public async Task Token_WhoeverItNames_IsLimitedAndAudited(string payload)
    {
        await using (var gateway = await StartAsync())
        {
            using var client = gateway.CreateClient(TestTokens.Sign(payload));
            using var same = gateway.CreateClient(TestTokens.Sign("""{"sub":"svc","jti":"another"}"""));
            HttpStatusCode[] statuses = [.. await AskAsync(client, 3), .. await AskAsync(same, 4)];

            Assert.Equal(5, statuses.Count(s => s == HttpStatusCode.OK));
            Assert.Equal(2, statuses.Count(s => s == HttpStatusCode.TooManyRequests));
        }

        Assert.Equal(Enumerable.Repeat("svc", 7), Lines().Select(l => l.GetProperty("subject").GetString()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sub":""}""")]
    [InlineData("""{"sub":[]}""")]
    [InlineData("""{"sub":{}}""")]
    public async Task Token_ThatNamesNobody_OpensNothingAndIsAudited(string payload)
    {
        await using (var gateway = await StartAsync())
        {
            using var client = gateway.CreateClient(TestTokens.Sign(payload));
            Assert.All(await AskAsync(client, 7), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/models")).StatusCode);
            Assert.Equal(0, gateway.Replica.Count);
        }

        Assert.All(Lines(), l => Assert.NotEmpty(l.GetProperty("refused").GetString()!));
        Assert.Equal(8, Lines().Length);
    }

    private static async Task<HttpStatusCode[]> AskAsync(HttpClient client, int times)
    {
        var statuses = new HttpStatusCode[times];
        for (var i = 0; i < times; i++)
        {
            using var response = await client.PredictAsync();
            statuses[i] = response.StatusCode;
        }

        return statuses;
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(settings: [("Audit:Folder", _folder), ("RateLimiting:Tiers:default:RequestsPerMinute", "5")]);

    private JsonElement[] Lines() => [.. Directory.EnumerateFiles(_folder).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];
}
