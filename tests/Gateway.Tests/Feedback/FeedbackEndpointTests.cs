using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Feedback;

public sealed class FeedbackEndpointTests
{
    private const string Path = "/v1/feedback";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Feedback_ReachesTheReplicaThatAnswered(int knowing)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 3);
        string? read = null;
        for (var i = 0; i < 3; i++) gateway.Replicas[i].Answer = Say(404, """{"error":{"message":"none"}}""");
        gateway.Replicas[knowing].Answer = async context =>
        {
            read = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await Say(200, """{"request_id":"r-1","model":"m","model_version":"3","correct":true}""")(context);
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync(Path, new { request_id = "r-1", label = "A", index = 2 });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("correct").GetBoolean());
        Assert.Equal("""{"request_id":"r-1","label":["A"],"index":2}""", read);
    }

    [Fact]
    public async Task Feedback_ThatNobodyKnows_IsNotFound()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        foreach (var replica in gateway.Replicas) replica.Answer = Say(404, """{"error":{"message":"none","type":"not_found_error","param":"request_id","code":"request_not_found"}}""");
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync(Path, new { request_id = "r-1", label = "A" });

        await ErrorShape.AssertAsync(response, Path, 404);
    }

    /// <summary>The one that does not answer may be the one that knows.</summary>
    [Fact]
    public async Task Feedback_WhileAReplicaDoesNotAnswer_IsToBeSentAgain()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].Answer = Say(404, "{}");
        gateway.Replicas[1].Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync(Path, new { request_id = "r-1", label = "A" });

        await ErrorShape.AssertAsync(response, Path, 503);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Refusal_OfTheReplicaThatKnows_IsPassedOn()
    {
        const string Body = """{"error":{"message":"label must be one of the model's: A, B.","type":"invalid_request_error","param":"label","code":"field_invalid"}}""";
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        gateway.Replicas[0].Answer = Say(404, "{}");
        gateway.Replicas[1].Answer = Say(422, Body);
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync(Path, new { request_id = "r-1", label = "C" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(Body, await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"label":"A"}""", "request_id")]
    [InlineData("""{"request_id":"","label":"A"}""", "request_id")]
    [InlineData("""{"request_id":"r"}""", "label")]
    [InlineData("""{"request_id":"r","label":3}""", "label")]
    [InlineData("""{"request_id":"r","label":["A",null]}""", "label")]
    [InlineData("""{"request_id":"r","label":"A","index":-1}""", "index")]
    [InlineData("""{"request_id":"r","label":"A","index":"0"}""", "index")]
    public async Task Body_WithAWrongField_IsRefusedHere(string body, string field)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync(Path, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(field, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString()!.Split('[')[0]);
        Assert.Equal(0, gateway.Replica.Count);
    }

    [Fact]
    public async Task Feedback_CountsAsARequest()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("RateLimiting:Tiers:default:RequestsPerMinute", "2")]);
        gateway.Replica.Answer = Say(404, "{}");
        using var client = gateway.CreateInferClient("once");

        List<HttpStatusCode> statuses = [];
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.PostAsJsonAsync(Path, new { request_id = "r-1", label = "A" });
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests], statuses);
    }

    private static RequestDelegate Say(int status, string body) => async context =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    };
}
