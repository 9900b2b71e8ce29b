using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Gateway.Replicas;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Testing;
using ApiError = ServiceDefaults.Errors.ApiError;
using ApiErrorResult = ServiceDefaults.Errors.ApiErrorResult;

namespace Gateway.Tests.Proxy;

/// <summary>Which answers are asked for again, and where.</summary>
public sealed class RetryTests
{
    private const string LoadHeader = "endpoint-load-metrics";

    [Theory]
    [InlineData(502, "TEXT ")]
    [InlineData(503, "TEXT named_metrics.draining=1")]
    [InlineData(503, "TEXT named_metrics.queued_tokens=5000")]
    public async Task Replica_ThatCannotAnswer_IsReplacedByAnother(int status, string load)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        Refuse(gateway.Replica, status, load);
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.PredictAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("""{"label":"POSITIVE"}""", await response.Content.ReadAsStringAsync());
            Assert.False(response.Headers.Contains("x-refused"));
        }
    }

    /// <summary>Its state had changed since it was last probed. However busy the other one is.</summary>
    [Fact]
    public async Task Replica_ThatDoesNotHaveTheModelReady_IsReplacedByAnother()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        NotReady(gateway.Replica);
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.PredictAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.InRange(gateway.Replica.Count, 1, 20);
    }

    [Fact]
    public async Task Model_ThatIsReadyNowhere_IsAskedForTwiceAtMost()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 3);
        foreach (var replica in gateway.Replicas) NotReady(replica);
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        await ErrorShape.AssertAsync(response, "/predict", 503);
        Assert.False(response.Headers.Contains(AnswerHeaders.AskElsewhere));
        Assert.Equal(2, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Request_WhoseSecondReplicaFailsToo_GetsAThird()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 3, settings: ("Replicas:EjectAfter", "1000"));
        foreach (var replica in gateway.Replicas.Take(2)) Refuse(replica, 502, "TEXT ");
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 20; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.Equal(20, gateway.Replicas[2].Count);
    }

    [Fact]
    public async Task Replica_ThatSaysItIsDraining_GetsNothingMore()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: ("Replicas:ProbeInterval", "00:10:00"));
        Refuse(gateway.Replica, 503, "TEXT named_metrics.draining=1");
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 50; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.InRange(gateway.Replica.Count, 0, 1);
        Assert.Equal(50, gateway.Replicas[1].Count);
    }

    [Fact]
    public async Task Refusal_WhereAllAreFull_IsPassedOn()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: ("Replicas:ProbeInterval", "00:10:00"));
        foreach (var replica in gateway.Replicas) Refuse(replica, 503, "TEXT named_metrics.queued_tokens=5000");
        gateway.Pool.All.ToList().ForEach(r => r.Report(new(5000, false)));
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(422)]
    [InlineData(429)]
    public async Task Answer_ThatIsTheRequestsOwn_IsPassedOn(int status)
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        foreach (var replica in gateway.Replicas) Refuse(replica, status, "TEXT ");
        using var client = gateway.CreateInferClient();

        using var response = await client.PredictAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Retries_BeyondTheBudget_AreNotMade()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings:
        [
            ("Proxy:RetryFloor", "0"), ("Proxy:RetryRatio", "0.1"), ("Replicas:EjectAfter", "1000"),
        ]);
        foreach (var replica in gateway.Replicas) Refuse(replica, 502, "TEXT ");
        using var client = gateway.CreateInferClient();

        for (var i = 0; i < 50; i++)
        {
            using var response = await client.PredictAsync();
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        }

        Assert.Equal(55, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Replica_ThatHangs_IsReplacedAfterTheAttemptTimeout()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: [("Proxy:AttemptTimeout", "00:00:01"), ("Replicas:ProbeFailures", "100")]);
        using var client = gateway.CreateInferClient();

        gateway.Replica.IsPaused = true;

        await gateway.WaitUntilAsync(async _ =>
        {
            (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
            return gateway.Pool.Find("modelserver-1")!.LastFailure?.Kind == FailureKind.Timeout;
        });
    }

    [Fact]
    public async Task Replica_ThatIsBusyAndAnswersItsProbes_IsWaitedFor()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, time: clock, settings: [("Proxy:AttemptTimeout", "00:00:01")]);
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                // Longer than an attempt may take, in which every probe is answered.
                for (var i = 0; i < 25; i++)
                {
                    clock.Advance(TimeSpan.FromMilliseconds(100));
                    await gateway.WaitUntilAsync(() => gateway.Pool.All.All(r => r.HeardAt == clock.GetTimestamp()));
                }

                await context.Response.WriteAsJsonAsync(new { });
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Replica_ThatHangsOnARouteOfItsOwnPace_IsWaitedFor()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, time: clock, settings: [("Proxy:AttemptTimeout", "00:00:00.05")]);
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                for (var i = 0; i < 10; i++) clock.Advance(TimeSpan.FromMilliseconds(50));
                await context.Response.WriteAsJsonAsync(new { });
            };
        }

        using var client = gateway.CreateInferClient();
        using var response = await client.PostAsJsonAsync("/v1/completions", new { prompt = "x" });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, gateway.Replicas.Sum(r => r.Count));
    }

    [Fact]
    public async Task Stream_WhoseReplicaHangsBeforeTheFirstEvent_ComesFromAnother()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: [("Proxy:AttemptTimeout", "00:00:00.3"), ("Replicas:ProbeTimeout", "00:00:00.3")]);
        var arrived = new TaskCompletionSource();
        gateway.Replica.Answer = context =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = gateway.CreateInferClient();
        var asking = Enumerable.Range(0, 20).Select(_ => client.PostAsJsonAsync("/v1/completions", new { stream = true })).ToArray();
        await arrived.Task.WaitAsync(Eventually.Limit);

        gateway.Replica.IsPaused = true;

        foreach (var answer in await Task.WhenAll(asking)) answer.EnsureSuccessStatusCode().Dispose();
    }

    [Fact]
    public async Task Replica_ThatKeepsFailing_IsEjectedAndTriedAgainLater()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, settings: [("Replicas:EjectAfter", "2"), ("Replicas:EjectionTime", "00:00:00.2")]);
        Refuse(gateway.Replica, 502, "TEXT ");
        using var client = gateway.CreateInferClient();
        var failing = gateway.Pool.Find("modelserver-1")!;

        await gateway.WaitUntilAsync(async _ =>
        {
            (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
            return failing.State == ReplicaState.Ejected;
        });
        gateway.Replica.Answer = context => context.Response.WriteAsJsonAsync(new { label = "POSITIVE" });
        await gateway.WaitUntilAsync(async _ =>
        {
            (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
            return failing.State == ReplicaState.Ready;
        });
    }

    [Fact]
    public async Task Body_LookedAtForItsModel_ArrivesWhole()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 2);
        var lengths = new ConcurrentBag<long>();
        gateway.Replicas[0].HasModels("a:1");
        gateway.Replicas[1].HasModels("b:1");
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                using var all = new MemoryStream();
                await context.Request.Body.CopyToAsync(all);
                lengths.Add(all.Length);
                await context.Response.WriteAsJsonAsync(new { });
            };
        }

        await gateway.WaitUntilAsync(() => gateway.Pool.ModelsDiffer);
        using var client = gateway.CreateInferClient();
        foreach (var size in new[] { 10, 100_000, (1024 * 1024) - 1, 1024 * 1024, (1024 * 1024) + 1, 3_000_000 })
        {
            using var response = await client.PostAsync("/v1/classify", new ByteArrayContent(new byte[size]));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains(size, lengths);
        }
    }

    private static void NotReady(FakeReplica replica) => replica.Answer = context =>
    {
        context.Response.Headers[LoadHeader] = "TEXT named_metrics.queued_tokens=0";
        return new ApiErrorResult(new ApiError(503, "It is being loaded.") { Code = "model_not_ready", AskElsewhere = true }).ExecuteAsync(context);
    };

    private static void Refuse(FakeReplica replica, int status, string load) => replica.Answer = async context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers[LoadHeader] = load;
        context.Response.Headers["x-refused"] = "yes";
        context.Response.Headers.RetryAfter = "7";
        await context.Response.WriteAsync("refused");
    };
}
