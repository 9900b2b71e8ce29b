using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Drift;
using ServiceDefaults.Statistics;
using Testing;

namespace Gateway.Tests.Drift;

public sealed class DriftEndpointsTests
{
    private const string Path = "/admin/models/sentiment/drift";
    private static readonly DriftSettings Settings = new(Window: 500, BaselineSize: 1000, MinSamples: 100, LookEvery: 100, Alpha: 0.01, Horizon: 10_000, Correction.Holm);

    [Fact]
    public async Task Report_IsOfAllReplicasTogether()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].Answer = Tell(800, from: 0);
        gateway.Replicas[1].Answer = Tell(900, from: 10_000, length: 50);
        using var client = CreateAdmin(gateway);

        var report = await client.GetFromJsonAsync<JsonElement>(Path);

        Assert.Equal(("sentiment", "1", 2, 1700), (report.GetProperty("model").GetString(), report.GetProperty("version").GetString(), report.GetProperty("replicas").GetInt32(), report.GetProperty("observations").GetInt32()));
        Assert.Equal((1000, 500), (report.GetProperty("baseline").GetProperty("samples").GetInt32(), report.GetProperty("window").GetProperty("samples").GetInt32()));
        // Neither replica could say so: the first one's observations are the baseline of both.
        Assert.Equal("alarm", report.GetProperty("state").GetString());
        Assert.Equal("length", report.GetProperty("features")[0].GetProperty("feature").GetString());
        Assert.All(gateway.Replicas, r => Assert.Equal("/drift/sentiment", r.Seen.Single().Path));
        Assert.StartsWith("Bearer ", gateway.Replica.Seen.Single().Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Baseline_ComesBackAsItWasAsked()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = Tell(1_200, from: 0);
        using var client = CreateAdmin(gateway);

        var text = await client.GetStringAsync($"{Path}/baseline?version=1");

        Assert.Equal(1000, JsonDocument.Parse(text).RootElement.GetProperty("features").GetProperty("length").GetArrayLength());
        using var put = await client.PutAsync($"{Path}/baseline?version=1", new StringContent(text, null, "application/json"));
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Contains(gateway.Replica.Seen, s => s.Path == "/drift/sentiment/baseline");
    }

    [Fact]
    public async Task Baseline_ThatIsNotComplete_Conflicts()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = Tell(300, from: 0);
        using var client = CreateAdmin(gateway);

        using var response = await client.GetAsync($"{Path}/baseline");

        await ErrorShape.AssertAsync(response, Path, 409);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"features":{}}""")]
    [InlineData("""{"features":{"length":[1,2,3]}}""")]
    [InlineData("""{"features":{"length":null}}""")]
    [InlineData("""{"features":{"height":[1,2,3,4,5,6,7,8,9,10]}}""")]
    [InlineData("""{"features":{"length":[1,2,3,4,5,6,7,8,9,1e300]}}""")]
    [InlineData("""{"features":{"length":[1,2,3,4,5,6,7,8,9,10]},"labels":{"A":{"count":-1}}}""")]
    [InlineData("""{"features":{"length":[1,2,3,4,5,6,7,8,9,10]},"labels":{"A":null}}""")]
    [InlineData("""{"features":{"length":[1,2,3,4,5,6,7,8,9,10]},"more":1}""")]
    public async Task Baseline_ThatIsNone_IsRefusedHere(string body)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = CreateAdmin(gateway);

        using var response = await client.PutAsync($"{Path}/baseline", new StringContent(body, null, "application/json"));

        await ErrorShape.AssertAsync(response, Path, 422);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Fact]
    public async Task Refusal_OfAReplica_IsPassedOn()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].Answer = context => Refuse(context, 404);
        gateway.Replicas[1].Answer = context => Refuse(context, 422);
        using var client = CreateAdmin(gateway);

        using var response = await client.PutAsync($"{Path}/baseline", new StringContent("""{"features":{"norm":[1,2,3,4,5,6,7,8,9,10]}}""", null, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Model_ThatNoReplicaKnows_DoesNotExist()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        foreach (var replica in gateway.Replicas) replica.Answer = context => Refuse(context, 404);
        using var client = CreateAdmin(gateway);

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
        {
            using var response = await client.SendAsync(new(method, method == HttpMethod.Get ? Path : $"{Path}/reset"));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("?version=2")]
    [InlineData("/baseline?version=2")]
    public async Task Version_ThatNoReplicaKnows_DoesNotExist(string rest)
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = Tell(1_200, from: 0);
        using var client = CreateAdmin(gateway);

        using var response = await client.GetAsync(Path + rest);

        await ErrorShape.AssertAsync(response, Path, 404);
    }

    [Fact]
    public async Task Request_WhileNoReplicaIsReached_IsAnswered503()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = CreateAdmin(gateway);

        using var response = await client.GetAsync(Path);

        await ErrorShape.AssertAsync(response, Path, 503);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/reset")]
    [InlineData("GET", "/baseline")]
    [InlineData("PUT", "/baseline")]
    public async Task Request_WithoutTheScope_IsForbidden(string method, string rest)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.SendAsync(new(new HttpMethod(method), Path + rest));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(0, gateway.Replica.Count);
    }

    private static HttpClient CreateAdmin(GatewayHost gateway) => gateway.CreateClient(TestTokens.Create("admin"));

    /// <summary>Answers as a model server that has seen so many texts.</summary>
    private static RequestDelegate Tell(int seen, long from, int length = 10)
    {
        var rows = new DriftRows(
            [.. Enumerable.Range(0, seen).Select(i => from + i)], new() { ["length"] = [.. Enumerable.Range(0, seen).Select(i => (float)(length + (i * 7 % 13)))] }, [.. Enumerable.Repeat(-1, seen)]);
        var recent = Math.Min(seen, 600);
        var version = new VersionDrift("1", "feature-extraction", [], seen, Slice(rows, 0, Math.Min(seen, 1000)), Slice(rows, seen - recent, recent), null, null);
        return context => context.Request.Method == "GET"
            ? context.Response.WriteAsJsonAsync(new ReplicaDrift("sentiment", "1", Settings, [version]), DriftJson.Default.ReplicaDrift)
            : Refuse(context, 204);
    }

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status == 204) return Task.CompletedTask;
        context.Response.ContentType = "application/problem+json";
        return context.Response.WriteAsync("{}");
    }

    private static DriftRows Slice(DriftRows rows, int start, int count)
        => new(rows.At[start..(start + count)], rows.Features.ToDictionary(f => f.Key, f => f.Value[start..(start + count)]), rows.Labels[start..(start + count)]);
}
