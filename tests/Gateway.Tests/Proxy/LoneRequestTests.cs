using System.Net.Http.Json;
using Gateway.Tests.Hosting;

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
                entered.SetResult();
                await release.Task;
            };
        }

        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add(LoneRequest.HeaderName, "client's");

        (await client.PostAsJsonAsync("/predict", new { text = "before" })).Dispose();
        var held = client.PostAsJsonAsync("/v1/completions", new { prompt = "a" });
        await entered.Task;
        (await client.PostAsJsonAsync("/v1/classify", new { input = "beside" })).Dispose();
        release.SetResult();
        (await held).Dispose();
        (await client.PostAsJsonAsync("/v1/embeddings", new { input = "behind" })).Dispose();

        var said = gateway.Replicas.SelectMany(r => r.Seen).Where(s => s.Headers.ContainsKey("authorization")).ToLookup(s => s.Path, s => s.Headers.GetValueOrDefault(LoneRequest.HeaderName));
        Assert.Equal(["1"], said["/predict"]);
        Assert.Equal(["1"], said["/v1/completions"]);
        Assert.Equal([null], said["/v1/classify"]);
        Assert.Equal(["1"], said["/v1/embeddings"]);
    }
}
