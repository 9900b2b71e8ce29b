using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Proxy;

/// <summary>Model servers that share a machine are told when a request is the only one.</summary>
public sealed class LoneRequestTests
{
    [Fact]
    public async Task Request_WhileNoOtherIsUnderWay_IsSaidToBeAlone()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                if (context.Request.Path != "/v1/completions") return;
                entered.TrySetResult();
                await release.Task;
            };
        }

        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add(LoneRequest.HeaderName, "client's");

        var held = client.PostAsJsonAsync("/v1/completions", new { prompt = "a" });
        await entered.Task;
        (await client.PostAsJsonAsync("/v1/classify", new { input = "beside" })).Dispose();
        release.SetResult();
        (await held).Dispose();

        Assert.Equal([LoneRequest.Value], Said("/v1/completions"));
        Assert.Equal([null], Said("/v1/classify"));
        // Whoever has the answer may ask again before the gateway is done with it.
        await Eventually.HoldsAsync(async () =>
        {
            (await client.PostAsJsonAsync("/v1/embeddings", new { input = "behind" })).Dispose();
            return Said("/v1/embeddings").Contains(LoneRequest.Value);
        });

        IEnumerable<string?> Said(string path) => gateway.Replicas.SelectMany(r => r.Seen).Where(s => s.Path == path).Select(s => s.Headers.GetValueOrDefault(LoneRequest.HeaderName));
    }
}
