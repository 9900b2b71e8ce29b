using System.IO.Pipelines;
using System.Security.Claims;
using Gateway.Bodies;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Tests.Replicas;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace Gateway.Tests.Routing;

/// <summary>Which of several replicas the turns of a conversation go to.</summary>
public sealed class ConversationAffinityTests
{
    private const int Replicas = 4, Bound = 1000;
    private readonly PoolParts _parts = new(Replicas);
    private readonly DestinationState[] _destinations = PoolParts.Destinations(Replicas);

    [Fact]
    public void Pick_SameConversation_GoesToTheSameReplicaFromEveryGateway()
    {
        for (ulong conversation = 0; conversation < 50; conversation++)
        {
            var home = Pick(conversation);
            for (var turn = 0; turn < 5; turn++) Assert.Equal(home, Pick(conversation, policy: Policy(new PoolParts(Replicas))));
        }
    }

    [Fact]
    public void Pick_ManyConversations_SpreadsThemEvenly()
    {
        var counts = Enumerable.Range(0, 4000).CountBy(i => Pick((ulong)i)).ToDictionary();

        Assert.Equal(Replicas, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Pick_AnotherClientOrModel_HasAHomeOfItsOwn()
    {
        Assert.Contains(Enumerable.Range(0, 20), i => Pick(1, client: $"client {i}") != Pick(1));
        Assert.Contains(Enumerable.Range(0, 20), i => Pick(1, model: $"model {i}") != Pick(1));
    }

    [Fact]
    public void Pick_HomeBusierThanTheBound_TakesTheNextHome()
    {
        var home = Pick(7);
        _parts.Pool.Find(home)!.Report(new(Bound, false));
        Assert.Equal(home, Pick(7));

        _parts.Pool.Find(home)!.Report(new(Bound + 1, false));
        var next = Pick(7);
        Assert.NotEqual(home, next);
        Assert.Equal(next, Pick(7));

        _parts.Pool.Find(home)!.Report(new(0, false));
        Assert.Equal(home, Pick(7));
    }

    [Fact]
    public void Pick_HomeGone_OnlyItsOwnConversationsMove()
    {
        var homes = Enumerable.Range(0, 400).Select(i => Pick((ulong)i)).ToArray();
        DestinationState[] left = [.. _destinations.Where(d => d.DestinationId != "modelserver-2")];

        for (var i = 0; i < homes.Length; i++)
        {
            var now = Pick((ulong)i, among: left);
            if (homes[i] == "modelserver-2") Assert.NotEqual("modelserver-2", now);
            else Assert.Equal(homes[i], now);
        }
    }

    [Fact]
    public void Pick_HomeOnTrial_SendsItOneAndTheOthersElsewhere()
    {
        var home = Pick(7);
        var trial = _parts.Pool.Find(home)!;
        trial.Eject(FailureKind.Slow);
        _parts.Clock.Advance(_parts.Options.EjectionTime);
        trial.Tick();

        Assert.Equal(home, Pick(7));
        Assert.NotEqual(home, Pick(7));
    }

    /// <summary>All conversations of a client that begin alike, and replicas that work them off: however many come, none gets more than the bound and one request ahead.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Pick_ManyOfOneConversation_KeepsTheReplicasWithinTheBound(int conversations)
    {
        const int tokens = 300;
        var (random, queued) = (new Random(1), _destinations.ToDictionary(d => d.DestinationId, _ => 0));
        for (var step = 0; step < 2000; step++)
        {
            var chosen = Pick((ulong)random.Next(conversations));
            queued[chosen] += tokens;
            Assert.InRange(queued[chosen] - queued.Values.Min(), 0, Bound + tokens);
            foreach (var name in queued.Keys.ToArray())
            {
                queued[name] = Math.Max(0, queued[name] - random.Next(140));
                _parts.Pool.Find(name)!.Report(new(queued[name], false));
            }
        }
    }

    [Fact]
    public void Pick_TurnedOff_SpreadsAConversation()
        => Assert.Equal(Replicas, Enumerable.Range(0, 200).Select(i => Pick(7, policy: Policy(_parts, tokens: 0, seed: i))).Distinct().Count());

    [Fact]
    public void Pick_RequestWithoutConversation_IsSpread()
        => Assert.Equal(Replicas, Enumerable.Range(0, 200).Select(i => Pick(null, policy: Policy(_parts, seed: i))).Distinct().Count());

    private static LeastLoad Policy(PoolParts parts, int tokens = Bound, int seed = 1) => new(parts.Pool, parts.Affinity(tokens), new Random(seed));

    private string Pick(ulong? conversation, string client = "client", string model = "model", DestinationState[]? among = null, LeastLoad? policy = null)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new("sub", client)])) };
        context.Features.Set(new PeekedRequest(new ReplayBody(PipeReader.Create(Stream.Null), 1), new RequestFacts(model, null, 1) { Conversation = conversation }));
        return (policy ?? Policy(_parts)).PickDestination(context, new ClusterState("modelservers"), among ?? _destinations)!.DestinationId;
    }
}
