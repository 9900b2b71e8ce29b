using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class FailureTests
{
    public static TheoryData<string, bool> NobodyThere => new()
    {
        { "/predict", true }, { "/v1/classify", true }, { "/v2/models/m/infer", true },
        { "/predict", false }, { "/v1/classify", false }, { "/v2/models/m/infer", false },
    };

    [Theory]
    [MemberData(nameof(NobodyThere))]
    public async Task Request_WithNoReplicaThere_IsAnswered503InItsShape(string path, bool configured)
    {
        (string, string)[] settings = configured ? [("services:modelserver-1:http:0", GatewayHost.DeadAddress())] : [];
        await using var gateway = await GatewayHost.StartAsync(replicas: 0, settings: settings);
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.PostAsJsonAsync(path, new { text = "x" });

            await ErrorShape.AssertAsync(response, path, 503);
            Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/usage/1")]
    public async Task Route_ThatDoesNotExist_IsAnswered404(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.GetAsync(path);

        await ErrorShape.AssertAsync(response, path, 404);
    }

    [Fact]
    public async Task Replica_DeadFromTheStart_CostsNoRequest()
    {
        await using var living = await FakeReplica.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(replicas: 0, settings:
        [
            ("services:modelserver-1:http:0", GatewayHost.DeadAddress()), ("services:modelserver-2:http:0", living.Address),
        ]);
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.PredictAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(20, living.Count);
    }

    [Fact]
    public async Task Replica_KilledUnderLoad_CostsNoRequestAndHangsNone()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                await Task.Delay(2, context.RequestAborted);
                await context.Response.WriteAsJsonAsync(new { label = "POSITIVE" });
            };
        }

        using var client = gateway.CreateInferClient();
        var statuses = new ConcurrentBag<HttpStatusCode>();
        var killed = false;
        var clients = Enumerable.Range(0, 20).Select(async _ =>
        {
            for (var after = 0; after < 20;)
            {
                if (Volatile.Read(ref killed)) after++;
                // One that hangs ends with the client's patience.
                using var response = await client.PredictAsync();
                statuses.Add(response.StatusCode);
            }
        }).ToArray();
        await Eventually.HoldsAsync(() => statuses.Count >= 200);

        await gateway.Replica.KillAsync();
        Volatile.Write(ref killed, true);
        await Task.WhenAll(clients);

        Assert.Equal([HttpStatusCode.OK], statuses.Distinct());
    }

    [Fact]
    public async Task Replica_ThatComesBack_GetsRequestsAgain()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        var port = new Uri(gateway.Replica.Address).Port;
        await gateway.Replica.KillAsync();
        await gateway.WaitUntilAsync(async c => (await c.GetAsync("/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);

        await using var reborn = await FakeReplica.StartAsync(port);
        await gateway.WaitUntilAsync(async c => (await c.GetAsync("/ready")).IsSuccessStatusCode);
        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, reborn.Count);
    }

    [Fact]
    public async Task Replica_ThatBreaksBeforeItsFirstByte_IsReplacedByAnother()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        var bodies = new ConcurrentQueue<string>();
        var first = 0;
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                bodies.Enqueue(await reader.ReadToEndAsync());
                if (Interlocked.Exchange(ref first, 1) == 0) context.Abort();
                else await context.Response.WriteAsJsonAsync(new { label = "POSITIVE" });
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync("twice");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"label":"POSITIVE"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(["""{"text":"twice"}""", """{"text":"twice"}"""], bodies);
        Assert.All(gateway.Replicas, r => Assert.Equal(1, r.Count));
    }

    [Fact]
    public async Task Request_ThatBreaksEveryReplica_IsTriedTwiceAtMost()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 3);
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync();

        await ErrorShape.AssertAsync(response, "/predict", 503);
        Assert.Equal(2, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Request_TooLargeToKeep_IsTriedOnce()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: ("Proxy:ReplayBytes", "1024"));
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                context.Abort();
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync(new string('x', 2048));

        await ErrorShape.AssertAsync(response, "/predict", 503);
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Stream_ThatBreaksOff_IsCutAndNotRepeated()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        var begun = new TaskCompletionSource();
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                await context.Response.WriteAsync("data: 0\n\n");
                await context.Response.Body.FlushAsync();
                await begun.Task;
                context.Abort();
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.SendAsync(new(HttpMethod.Post, "/v1/completions"), HttpCompletionOption.ResponseHeadersRead);
        begun.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Equal("data: 0\n\n", await reader.ReadToEndAsync());
        });
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Replica_ThatNeverAnswers_IsGivenUpWith504()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Proxy:ActivityTimeout", "00:00:00.3"));
        gateway.Replica.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        await ErrorShape.AssertAsync(response, "/predict", 504);
    }

    [Fact]
    public async Task Replica_ThatIsBusy_SaysSoItself()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7";
            return context.Response.WriteAsJsonAsync(new { error = new { message = "full" } });
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsJsonAsync("/v1/classify", new { input = "x" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
        Assert.Contains("full", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
