using System.Diagnostics.Metrics;
using Gateway.Deadlines;
using Gateway.Proxy;
using Gateway.Replicas;
using Gateway.Telemetry;
using Gateway.Tests.Replicas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Proxy;

/// <summary>An answer and the timer that gives it up, at the same time: one of them wins, and only a retry that follows costs one.</summary>
public sealed class AttemptRaceTests : IDisposable
{
    private const int Races = 300;
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(50);
    private static readonly ProxyOptions Options = new() { RetryRatio = 1, RetryFloor = 0 };
    private readonly PoolParts _parts = new(replicas: 2);
    private readonly RetryBudget _budget;
    private readonly ForwardingServices _services;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public AttemptRaceTests()
    {
        _budget = new(Microsoft.Extensions.Options.Options.Create(Options), _parts.Clock);
        for (var i = 0; i < Races; i++) _budget.Earn();
        var metrics = new GatewayMetrics(_meters.GetRequiredService<IMeterFactory>());
        _services = new(_parts.Pool, _budget, new(Microsoft.Extensions.Options.Options.Create(new ConnectionOptions())), metrics, _parts.Clock, Options, new ConnectionOptions());
    }

    [Fact]
    public async Task Budget_WhereAnswersRaceWithTheirTimers_PaysForTheRetriesThatAreMade()
    {
        var retries = 0;
        for (var i = 0; i < Races; i++)
            if (await RaceAsync(round: i)) retries++;

        var left = 0;
        while (_budget.TrySpend()) left++;
        Assert.Equal(Races - retries, left);
        Assert.InRange(retries, Races / 3, Races * 2 / 3);
    }

    [Fact]
    public async Task Timer_AfterTheAnswer_ChangesNothing()
    {
        var (forwarding, _) = Create();

        var verdict = await forwarding.SendAsync(_ =>
        {
            using var answer = new HttpResponseMessage();
            Assert.True(forwarding.Accept(answer));
            _parts.Clock.Advance(Options.AttemptTimeout * 2);
            return Task.CompletedTask;
        });

        Assert.Equal(AttemptVerdict.Final, verdict);
    }

    [Fact]
    public async Task Answer_AfterTheTimer_IsNotPassedOn()
    {
        var (forwarding, context) = Create();

        var verdict = await forwarding.SendAsync(_ =>
        {
            _parts.Clock.Advance(Options.AttemptTimeout);
            Assert.True(context.RequestAborted.IsCancellationRequested);
            using var answer = new HttpResponseMessage();
            Assert.False(forwarding.Accept(answer));
            return Task.CompletedTask;
        });

        Assert.Equal(FailureKind.Timeout, verdict.Reason);
        Assert.False(context.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Deadline_AfterTheAnswer_ChangesNothing()
    {
        var (forwarding, context) = Create(Deadline);

        await forwarding.SendAsync(_ =>
        {
            using var answer = new HttpResponseMessage();
            Assert.True(forwarding.Accept(answer));
            _parts.Clock.Advance(Deadline * 2);
            Assert.False(context.RequestAborted.IsCancellationRequested);
            return Task.CompletedTask;
        });

        Assert.Null(context.GetForwarderErrorFeature());
    }

    /// <summary>Begun behind its deadline it was cut off, as a reset connection.</summary>
    [Fact]
    public async Task Answer_AfterTheDeadline_IsA504()
    {
        var (forwarding, context) = Create(Deadline);

        var verdict = await forwarding.SendAsync(_ =>
        {
            context.Response.ContentLength = 5;
            _parts.Clock.Advance(Deadline);
            Assert.True(context.RequestAborted.IsCancellationRequested);
            using var answer = new HttpResponseMessage();
            Assert.False(forwarding.Accept(answer));
            return Task.CompletedTask;
        });

        Assert.Equal(AttemptVerdict.Final, verdict);
        Assert.Null(context.Response.ContentLength);
        Assert.Equal(504, context.GetForwarderErrorFeature()!.ToError().Status);
    }

    public void Dispose() => _meters.Dispose();

    private async Task<bool> RaceAsync(int round)
    {
        var (forwarding, _) = Create();
        using var start = new Barrier(2);
        var accepted = false;
        var verdict = await forwarding.SendAsync(async _ =>
        {
            // In every third round the one is first for certain, in every third the other.
            if (round % 3 == 0) GiveUp();
            var answering = Task.Run(() =>
            {
                using var answer = new HttpResponseMessage();
                if (round % 3 == 1) start.SignalAndWait();
                accepted = forwarding.Accept(answer);
            });
            if (round % 3 == 1) start.SignalAndWait();
            else await answering;
            if (round % 3 > 0) GiveUp();
            await answering;
        });
        Assert.Equal(!verdict.IsRetry, accepted);
        foreach (var replica in _parts.Pool.All) PoolParts.Probe(replica);
        return verdict.IsRetry;

        void GiveUp() => _parts.Clock.Advance(Options.AttemptTimeout);
    }

    private (Forwarding Forwarding, HttpContext Context) Create(TimeSpan? deadline = null)
    {
        var context = new DefaultHttpContext();
        if (deadline is { } limit) context.Features.Set(new RequestDeadline(_parts.Clock.GetTimestamp(), limit));
        var destinations = PoolParts.Destinations(2);
        var proxy = new Proxied(destinations) { ProxiedDestination = destinations[0] };
        context.Features.Set<IReverseProxyFeature>(proxy);
        return (new(context, proxy, null, _services), context);
    }

    private sealed class Proxied(IReadOnlyList<DestinationState> destinations) : IReverseProxyFeature
    {
        public RouteModel Route { get; } = new(new() { RouteId = "predict" }, null, HttpTransformer.Default);

        public ClusterModel Cluster { get; set; } = new(new ClusterConfig(), new HttpMessageInvoker(new SocketsHttpHandler()));

        public IReadOnlyList<DestinationState> AllDestinations { get; } = destinations;

        public IReadOnlyList<DestinationState> AvailableDestinations { get; set; } = destinations;

        public DestinationState? ProxiedDestination { get; set; }
    }
}
