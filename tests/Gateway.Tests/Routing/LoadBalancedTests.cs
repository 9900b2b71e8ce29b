using System.Net;
using Gateway.Replicas;
using Gateway.Tests.Hosting;
using Gateway.Tests.Replicas;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Testing;

namespace Gateway.Tests.Routing;

/// <summary>Two model servers behind one address, as a container platform has them: what one of them says must not become true of both.</summary>
public sealed class LoadBalancedTests : IAsyncLifetime
{
    private const int Requests = 20;
    private FakeReplica _one = null!, _other = null!;
    private RoundRobinBalancer _balancer = null!;
    private GatewayHost _gateway = null!;

    private Replica Known => Assert.Single(_gateway.Pool.All);

    public async Task InitializeAsync()
    {
        (_one, _other) = (await FakeReplica.StartAsync(protocols: HttpProtocols.Http1), await FakeReplica.StartAsync(protocols: HttpProtocols.Http1));
        _balancer = await RoundRobinBalancer.StartAsync(new(_one.Address), new(_other.Address));
        _gateway = GatewayHost.Create("Production", ("Replicas:Dns", _balancer.Address.ToString()), ("Replicas:LoadBalanced", "true"), ("Proxy:Http2", "false"));
        _gateway.Start();
        await _gateway.WaitUntilAsync(() => Known.State == ReplicaState.Ready);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _balancer.DisposeAsync();
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    /// <summary>The name must be asked, not its address: the balancer knows no other one.</summary>
    [Fact]
    public async Task Requests_ReachBothByTheBalancersName()
    {
        await SucceedAsync();

        Assert.Equal((Requests / 2, Requests / 2), (_one.Count, _other.Count));
        Assert.Equal("localhost", Known.Name);
    }

    [Fact]
    public async Task One_ThatReportsThatItIsDraining_DoesNotStopTheOther()
    {
        _one.Answer = context =>
        {
            context.Response.Headers["endpoint-load-metrics"] = "TEXT named_metrics.draining=1";
            return context.Response.WriteAsync("{}");
        };

        await SucceedAsync();

        Assert.Equal(ReplicaState.Ready, Known.State);
        Assert.Equal((Requests / 2, Requests / 2), (_one.Count, _other.Count));
    }

    [Theory]
    [InlineData(502, "TEXT ")]
    [InlineData(503, "TEXT named_metrics.draining=1")]
    public async Task Request_ThatOneCannotAnswer_IsSentAgainAndReachesTheOther(int status, string load)
    {
        _one.Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["endpoint-load-metrics"] = load;
            return Task.CompletedTask;
        };

        await SucceedAsync();

        Assert.Equal(Requests, _other.Count);
    }

    [Fact]
    public async Task Request_ThatNoneCanAnswer_IsSentTwiceAtMost()
    {
        foreach (var replica in new[] { _one, _other })
        {
            replica.Answer = context =>
            {
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                return Task.CompletedTask;
            };
        }

        using var client = _gateway.CreateInferClient();
        using var response = await client.PredictAsync();

        Assert.False(response.IsSuccessStatusCode);
        Assert.Equal(2, _one.Count + _other.Count);
    }

    [Fact]
    public async Task One_ThatBreaksConnections_CostsNoRequest()
    {
        _one.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        await SucceedAsync();

        Assert.Equal(ReplicaState.Ready, Known.State);
    }

    /// <summary>Every second probe finds it starting or draining.</summary>
    [Fact]
    public async Task One_ThatIsNotReady_LeavesTheGatewayReady()
    {
        _one.IsReady = false;
        var before = _balancer.Probes;
        await _gateway.WaitUntilAsync(() => _balancer.Probes >= before + 8);

        Assert.Equal(ReplicaState.Ready, Known.State);
        await SucceedAsync();
    }

    [Fact]
    public async Task Both_ThatAreNotReady_MakeTheGatewayUnreadyUntilOneIs()
    {
        (_one.IsReady, _other.IsReady) = (false, false);
        await _gateway.WaitUntilAsync(async client => (await client.GetAsync("/ready")).StatusCode == HttpStatusCode.ServiceUnavailable);

        _other.IsReady = true;
        await _gateway.WaitUntilAsync(async client => (await client.GetAsync("/ready")).IsSuccessStatusCode);
    }

    /// <summary>Behind a cluster IP the connection that is refused may be that of one pod.</summary>
    [Fact]
    public void Connection_RefusedOnce_LeavesABalancerReady()
    {
        var parts = new PoolParts(replicas: 0);
        parts.Pool.Set([new("balancer", new Uri("http://127.0.0.1:1"), IsLoadBalancer: true)]);
        var balancer = parts.Pool.Find("balancer")!;
        PoolParts.Probe(balancer);

        balancer.Failed(FailureKind.Connect);
        Assert.Equal(ReplicaState.Ready, balancer.State);

        for (var i = 0; i < 5 * parts.Options.ProbeFailures; i++)
        {
            parts.Clock.Advance(parts.Options.ProbeInterval);
            balancer.RefusedProbe(parts.Clock.GetTimestamp());
        }

        Assert.Equal(ReplicaState.Unready, balancer.State);
    }

    [Fact]
    public async Task Balancer_WithoutItsAddress_IsRefusedAtStart()
    {
        await using var gateway = GatewayHost.Create("Production", ("Replicas:LoadBalanced", "true"));

        Assert.Contains("Replicas:LoadBalanced", gateway.StartRefused().ToString(), StringComparison.Ordinal);
    }

    private async Task SucceedAsync()
    {
        using var client = _gateway.CreateInferClient();
        for (var i = 0; i < Requests; i++) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
    }
}
