using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using ApiError = ServiceDefaults.Errors.ApiError;
using ApiErrorResult = ServiceDefaults.Errors.ApiErrorResult;

namespace Gateway.Tests.Proxy;

public sealed class ResponseNumberTests
{
    /// <summary>A response that was stored by the replica that failed is stored under the same id by the next.</summary>
    [Fact]
    public async Task Response_ThatIsMadeAgain_HasTheSameNumber()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        foreach (var replica in gateway.Replicas)
            replica.Answer = context => new ApiErrorResult(new ApiError(503, "It is being loaded.") { Code = "model_not_ready", AskElsewhere = true }).ExecuteAsync(context);
        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add(ResponseNumber.HeaderName, "mine");

        (await client.PostAsJsonAsync("/v1/responses", new { input = "a" })).Dispose();
        (await client.PostAsJsonAsync("/v1/responses", new { input = "a" })).Dispose();
        (await client.PostAsJsonAsync("/v1/completions", new { prompt = "a" })).Dispose();

        var seen = gateway.Replicas.SelectMany(r => r.Seen).ToLookup(s => s.Path, s => s.Headers.GetValueOrDefault(ResponseNumber.HeaderName, ""));
        Assert.Equal([2, 2], seen["/v1/responses"].GroupBy(n => n).Select(g => g.Count()));
        Assert.All(seen["/v1/responses"], number => Assert.True(ResponseNumber.IsSane(number)));
        Assert.All(seen["/v1/completions"], Assert.Empty);
    }
}
