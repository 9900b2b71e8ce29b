using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class ForwardingTests
{
    [Fact]
    public async Task Answer_OfAReplica_ComesBackAsItIs()
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Response.StatusCode = 404;
            context.Response.Headers["x-model-version"] = "7";
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($"you said {body}");
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PostAsync("/v1/classify?a=b%20c", new StringContent("grüße", Encoding.UTF8));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("x-model-version").Single());
        Assert.Equal("you said grüße", await response.Content.ReadAsStringAsync());
        Assert.Equal("/v1/classify", gateway.Replica.Seen.Single().Path);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Request_OfEitherVersion_IsForwarded(int major, int minor)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(major == 1 ? gateway.Address : gateway.Http2Address, "/predict"))
        {
            Version = new(major, minor),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = JsonContent.Create(new { text = "fine" }),
        };

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, request.Version), (response.StatusCode, response.Version));
        Assert.Equal(1, gateway.Replica.Count);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "http", "false")]
    [InlineData(HttpProtocols.Http2, "http", "true")]
    [InlineData(HttpProtocols.Http2, "http2", "true")]
    public async Task Replica_ThatSpeaksOneVersionAlone_IsProbedAndAskedInIt(HttpProtocols protocols, string endpoint, string http2)
    {
        await using var replica = await FakeReplica.StartAsync(protocols: protocols);
        await using var gateway = GatewayHost.Create("Production", ($"services:modelserver-1:{endpoint}:0", replica.Address), ("Proxy:Http2", http2));
        gateway.Start();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().IsAvailable);
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, replica.Count);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "false", 100_000)]
    [InlineData(HttpProtocols.Http1, "false", 3_000_000)]
    [InlineData(HttpProtocols.Http2, "true", 100_000)]
    [InlineData(HttpProtocols.Http2, "true", 3_000_000)]
    public async Task Replica_ThatAnswersBeforeItHasReadTheBody_IsHeard(HttpProtocols protocols, string http2, int bytes)
    {
        await using var replica = await FakeReplica.StartAsync(protocols: protocols);
        replica.Answer = context =>
        {
            context.Response.StatusCode = 422;
            return context.Response.WriteAsync("no");
        };
        await using var gateway = GatewayHost.Create("Production", ("services:modelserver-1:http:0", replica.Address), ("Proxy:Http2", http2));
        gateway.Start();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.Single().IsAvailable);
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 5; i++)
        {
            using var response = await client.PostAsync("/v1/classify", new StringContent(new string(' ', bytes), System.Text.Encoding.UTF8, "application/json"));
            Assert.Equal((422, "no"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task RequestId_GivenByTheCaller_TravelsToTheReplicaAndBack()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add("x-request-id", "from-the-caller-1");

        using var response = await client.PredictAsync();

        Assert.Equal("from-the-caller-1", response.Headers.GetValues("x-request-id").Single());
        Assert.Equal("from-the-caller-1", gateway.Replica.Seen.Single().Headers["x-request-id"]);
    }

    [Fact]
    public async Task RequestId_NotGiven_IsMadeAndTheSameOnBothSides()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(gateway.Replica.Seen.Single().Headers["x-request-id"], response.Headers.GetValues("x-request-id").Single());
    }

    [Theory]
    [InlineData(200)]
    [InlineData(422)]
    public async Task LoadReport_OfAReplica_IsStrippedAtTheEdge(int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["endpoint-load-metrics"] = "TEXT cpu_utilization=0.5";
            return context.Response.WriteAsJsonAsync(new { });
        };
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("endpoint-load-metrics"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task ForwardedHeaders_FromTheCaller_AreReplaced()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        client.DefaultRequestHeaders.Add("X-Forwarded-Host", "forged.invalid");

        using var response = await client.PredictAsync();

        var seen = gateway.Replica.Seen.Single().Headers;
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.Equal(gateway.Address.Authority, seen["X-Forwarded-Host"]);
        Assert.Equal("http", seen["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task Requests_OverTime_ReachEveryReplica()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        using var client = gateway.CreateInferClient();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose()));

        Assert.Equal(100, gateway.Replicas.Sum(r => r.Count));
        Assert.All(gateway.Replicas, r => Assert.InRange(r.Count, 10, 90));
    }

    [Fact]
    public async Task Stream_OfEvents_ArrivesEventByEvent()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var received = new SemaphoreSlim(0);
        gateway.Replica.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                // The next event is sent only after the client has this one: any buffering on the way would hang here.
                Assert.True(await received.WaitAsync(Eventually.Limit));
            }

            await context.Response.WriteAsync("data: [DONE]\n\n");
        };
        using var client = gateway.CreateInferClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(new { stream = true }) };

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync().WaitAsync(Eventually.Limit));
            await reader.ReadLineAsync();
            received.Release();
        }

        Assert.Equal("data: [DONE]", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Client_ThatLeavesAStream_EndsItAtTheReplica()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Replica.Answer = async context =>
        {
            context.RequestAborted.Register(() => left.TrySetResult());
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n\n");
            await context.Response.Body.FlushAsync();
            await left.Task;
        };
        using var client = gateway.CreateInferClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(new { stream = true }) };

        using (var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        await left.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Client_ThatLeaves_TakesItsRequestAlong()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var arrived = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        gateway.Replica.Answer = async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            arrived.SetResult();
            await left.Task;
        };
        using var client = gateway.CreateInferClient();
        using var patience = new CancellationTokenSource();

        var call = client.PredictAsync(cancellationToken: patience.Token);
        await arrived.Task.WaitAsync(Eventually.Limit);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await left.Task.WaitAsync(Eventually.Limit);
        Assert.Equal(1, gateway.Replica.Count);
    }

    [Theory]
    [InlineData("/predict", 200 * 1024, 413)]
    [InlineData("/v1/generate", 200 * 1024, 413)]
    [InlineData("/v1/classify", 200 * 1024, 200)]
    [InlineData("/v1/classify", 4 * 1024 * 1024, 413)]
    [InlineData("/v2/models/m/infer", 4 * 1024 * 1024, 200)]
    [InlineData("/v2/rerank", 4 * 1024 * 1024, 413)]
    [InlineData("/embed", 200 * 1024, 200)]
    [InlineData("/embed", 4 * 1024 * 1024, 413)]
    [InlineData("/generate", 200 * 1024, 413)]
    public async Task Body_BeyondTheRoutesLimit_IsRefused(string path, int bytes, int expected)
    {
        await using var gateway = await GatewayHost.StartAsync();
        gateway.Replica.Answer = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsJsonAsync(new { });
        };
        using var client = gateway.CreateInferClient();

        foreach (var announced in new[] { true, false })
        {
            using var content = announced ? (HttpContent)new ByteArrayContent(new byte[bytes + 1]) : new StreamContent(new UnsizedStream(bytes + 1));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(path, content);

            Assert.Equal(expected, (int)response.StatusCode);
            if (expected == 413) await ErrorShape.AssertAsync(response, path, 413);
        }
    }

    [Fact]
    public async Task Limits_AreConfigurable()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Limits:TextBytes", "2048"));
        using var client = gateway.CreateInferClient();

        using var large = await client.PredictAsync(new string('x', 2048));
        using var small = await client.PredictAsync(new string('x', 1024));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
    }

    /// <summary>Zeros whose number nobody announces, so that they travel in chunks.</summary>
    private sealed class UnsizedStream(int bytes) : MemoryStream(new byte[bytes])
    {
        public override bool CanSeek => false;
    }
}
