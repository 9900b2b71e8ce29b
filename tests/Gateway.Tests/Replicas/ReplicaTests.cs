using Gateway.Replicas;

namespace Gateway.Tests.Replicas;

public sealed class ReplicaTests
{
    private readonly PoolParts _parts = new(2);

    private Replica Replica => _parts[1];

    [Fact]
    public void Replica_NotProbedYet_IsUnready()
    {
        _parts.Pool.Set([new("modelserver-9", new Uri("http://127.0.0.1:9"))]);

        Assert.Equal(ReplicaState.Unready, _parts[9].State);
    }

    [Fact]
    public void Failures_InARow_EjectAndATrialBringsBack()
    {
        Fail(_parts.Options.EjectAfter - 1);
        Assert.Equal(ReplicaState.Ready, Replica.State);
        Fail(1);
        Assert.Equal(ReplicaState.Ejected, Replica.State);

        After(_parts.Options.EjectionTime);
        Assert.Equal(ReplicaState.Trial, Replica.State);
        Replica.Answered(TimeSpan.FromMilliseconds(5));

        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Failures_WithASuccessBetween_DoNotEject()
    {
        Fail(_parts.Options.EjectAfter - 1);
        Replica.Answered(TimeSpan.FromMilliseconds(5));
        Fail(_parts.Options.EjectAfter - 1);

        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Trial_ThatFails_EjectsForTwiceAsLong()
    {
        Fail(_parts.Options.EjectAfter);
        After(_parts.Options.EjectionTime);
        Fail(1);
        Assert.Equal(ReplicaState.Ejected, Replica.State);

        After(_parts.Options.EjectionTime);
        Assert.Equal(ReplicaState.Ejected, Replica.State);
        After(_parts.Options.EjectionTime);
        Assert.Equal(ReplicaState.Trial, Replica.State);
    }

    [Fact]
    public void Answer_SentForBeforeAnEjection_DoesNotEndIt()
    {
        Replica.Eject(FailureKind.Slow);
        Replica.Answered(TimeSpan.FromSeconds(20));

        Assert.Equal(ReplicaState.Ejected, Replica.State);
    }

    [Fact]
    public void Failures_OfTheLastOneReady_DoNotEjectIt()
    {
        _parts[2].Failed(FailureKind.Connect);
        Fail(100);
        Assert.Equal(ReplicaState.Ready, Replica.State);
        Replica.Eject(FailureKind.Slow);
        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Connection_RefusedOnce_MakesUnreadyUntilTheNextGoodProbe()
    {
        Replica.Failed(FailureKind.Connect);
        Assert.Equal(ReplicaState.Unready, Replica.State);
        Assert.Equal(FailureKind.Connect, Replica.LastFailure!.Kind);

        PoolParts.Probe(Replica);
        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Probes_MissedInARow_MakeUnready()
    {
        Replica.MissedProbe(_parts.Clock.GetTimestamp());
        Assert.Equal(ReplicaState.Ready, Replica.State);
        Replica.MissedProbe(_parts.Clock.GetTimestamp());
        Assert.Equal(ReplicaState.Unready, Replica.State);
    }

    [Fact]
    public void Probes_MissedByTheLastOneReady_AreBorneLongerButNotForever()
    {
        _parts[2].Hold();
        for (var i = 0; i < 2 * _parts.Options.ProbeFailures; i++) Replica.MissedProbe(_parts.Clock.GetTimestamp());
        Assert.Equal(ReplicaState.Ready, Replica.State);

        for (var i = 0; i < 3 * _parts.Options.ProbeFailures; i++) Replica.MissedProbe(_parts.Clock.GetTimestamp());
        Assert.Equal(ReplicaState.Unready, Replica.State);
    }

    [Fact]
    public void Probes_MissedWhileAnswersCome_MeanOnlyThatItIsBusy()
    {
        for (var i = 0; i < 10; i++)
        {
            var asked = _parts.Clock.GetTimestamp();
            _parts.Clock.Advance(TimeSpan.FromSeconds(1));
            Replica.Answered(TimeSpan.FromSeconds(1));
            Replica.MissedProbe(asked);
        }

        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Replica_ThatReportsDraining_LeavesAtOnceAndReturnsByAProbe()
    {
        Replica.Report(new(0, Draining: true));
        Assert.Equal(ReplicaState.Draining, Replica.State);

        Replica.Report(new(0, Draining: false));
        Assert.Equal(ReplicaState.Draining, Replica.State);

        PoolParts.Probe(Replica, ready: false, state: "draining");
        Assert.Equal(ReplicaState.Draining, Replica.State);
        PoolParts.Probe(Replica);
        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Replica_Held_StaysOutWhateverProbesSay()
    {
        Replica.Hold();
        PoolParts.Probe(Replica);
        Assert.Equal(ReplicaState.Draining, Replica.State);

        Replica.Resume();
        Assert.Equal(ReplicaState.Ready, Replica.State);
    }

    [Fact]
    public void Pool_SetAgain_KeepsStateOfThoseThatStay()
    {
        var stays = Replica;
        stays.Hold();

        _parts.Pool.Set([new("modelserver-1", stays.Address), new("modelserver-2", new Uri("http://127.0.0.1:77"))]);

        Assert.Same(stays, _parts[1]);
        Assert.Equal(ReplicaState.Unready, _parts[2].State);
    }

    [Fact]
    public void Models_DifferOnlyAmongThoseAvailable()
    {
        PoolParts.Probe(_parts[1], models: ["a:1", "b:1"]);
        PoolParts.Probe(_parts[2], models: ["b:1", "a:1"]);
        _parts.Pool.Review();
        Assert.False(_parts.Pool.ModelsDiffer);

        PoolParts.Probe(_parts[2], models: ["b:1"]);
        _parts.Pool.Review();
        Assert.True(_parts.Pool.ModelsDiffer);
        Assert.Equal(["a", "a:1", "b", "b:1"], _parts[1].Models.Ready.Order());

        _parts[2].Hold();
        _parts.Pool.Review();
        Assert.False(_parts.Pool.ModelsDiffer);
    }

    [Fact]
    public void States_UnderManyThreads_NeverEjectBoth()
    {
        Parallel.For(0, 2000, i => _parts[1 + (i % 2)].Failed(FailureKind.Broken));

        Assert.Contains(_parts.Pool.All, r => r.State == ReplicaState.Ready);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++) Replica.Failed(FailureKind.Broken);
    }

    private void After(TimeSpan time)
    {
        _parts.Clock.Advance(time);
        Replica.Tick();
    }
}
