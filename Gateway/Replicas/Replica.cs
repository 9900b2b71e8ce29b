using Gateway.Models;

namespace Gateway.Replicas;

/// <summary>The name and address of a model server.</summary>
/// <param name="Name">Its resource name, such as <c>modelserver-1</c>, or its address behind a DNS name.</param>
/// <param name="IsLoadBalancer">Whether several model servers answer there, each request another one.</param>
internal sealed record ReplicaAddress(string Name, Uri Address, bool IsLoadBalancer = false);

/// <summary>The state of one model server as this gateway sees it, derived from its reports, probes and answers.
/// Requests read without a lock; changes of state take the pool's gate.</summary>
internal sealed class Replica(ReplicaAddress address, ReplicaPool pool, ReplicaOptions options, TimeProvider time)
{
    /// <summary>The load of one request in flight, in queued tokens: about one short text.</summary>
    private const double TokensPerRequest = 32;

    /// <summary>How many times as many probes the last ready replica may miss, since without it nothing is served.</summary>
    private const int PatienceWithTheLast = 5;

    private readonly ReplicaBreaker _breaker = new(options, time);
    private volatile ReplicaState _state = ReplicaState.Unready;
    private volatile KnownModels _models = KnownModels.None;
    private volatile bool _isFlawless = true;
    private double _queuedTokens;
    private long _reportedAt = time.GetTimestamp();
    private long _answeredAt;
    private long _probedAt;
    private int _missedProbes;
    // Under the pool's gate.
    private bool _isReady;
    private bool _isLeaving;
    private bool _isHeld;
    private int _trial;

    public string Name => address.Name;

    public Uri Address => address.Address;

    /// <inheritdoc cref="ReplicaAddress.IsLoadBalancer"/>
    public bool IsLoadBalancer => address.IsLoadBalancer;

    public ReplicaState State => _state;

    public bool IsAvailable => _state is ReplicaState.Ready or ReplicaState.Trial;

    /// <summary>The last answer to <c>/health</c>.</summary>
    public ReplicaHealth Health { get; private set; } = ReplicaHealth.Unreachable;

    /// <summary>The times to the first byte since the last round of probes.</summary>
    public AnswerTimes Times { get; } = new();

    /// <summary>The slow rounds in a row, as <see cref="LatencyOutliers"/> counts them.</summary>
    public int SlowRounds { get; set; }

    /// <summary>The last failure; null before there was one.</summary>
    public ReplicaFailure? LastFailure { get; private set; }

    /// <summary>When the last answer of any kind came, as a <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long HeardAt => Math.Max(Volatile.Read(ref _answeredAt), Volatile.Read(ref _probedAt));

    public double QueuedTokens => Volatile.Read(ref _queuedTokens);

    /// <summary>Whether the last probe was answered.</summary>
    public bool IsReached => Health != ReplicaHealth.Unreachable;

    /// <summary>The models that the last answered probe listed.</summary>
    public KnownModels Models => _models;

    /// <summary>Returns the load ahead of a new request, in tokens. A report counts less the older it is.</summary>
    /// <param name="inFlight">Requests that this gateway has on their way to it.</param>
    public double Score(int inFlight)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _reportedAt)) / options.ReportLifetime;
        return (QueuedTokens * Math.Max(0, 1 - age)) + (inFlight * TokensPerRequest);
    }

    /// <summary>Enters a replica on trial (half-open), which takes one request at a time; true in any other state.</summary>
    public bool TryEnter() => _state != ReplicaState.Trial || Interlocked.Exchange(ref _trial, 1) == 0;

    public void Report(LoadReport report)
    {
        Volatile.Write(ref _queuedTokens, report.QueuedTokens);
        Volatile.Write(ref _reportedAt, time.GetTimestamp());
        // Only a probe takes this back: an answer may have been under way for long.
        if (report.Draining && !_isLeaving && !IsLoadBalancer) Change(() => _isLeaving = true);
    }

    /// <summary>Records an answer, whatever its status.</summary>
    public void Answered(TimeSpan took)
    {
        Times.Add(took);
        Volatile.Write(ref _answeredAt, time.GetTimestamp());
        // What was sent before an ejection and comes back late says nothing new.
        if (!_isFlawless && _state != ReplicaState.Ejected) Change(ForgiveLocked);
    }

    public void Failed(string kind)
    {
        Change(() =>
        {
            LastFailure = new(kind, time.GetUtcNow());
            _isFlawless = false;
            Volatile.Write(ref _trial, 0);
            // Nobody listens there: no failure rate to wait for. The next good probe brings it back.
            if (kind == FailureKind.Connect && !IsLoadBalancer) (Health, _isReady, _isLeaving) = (ReplicaHealth.Unreachable, false, false);
            else if (_breaker.Fail() && pool.MaySpare(this)) _breaker.Open();
        });
    }

    /// <summary>Ends a request that neither was answered nor failed, because its client left.</summary>
    public void Abandoned() => Volatile.Write(ref _trial, 0);

    public void Eject(string kind) => Change(() =>
    {
        if (!pool.MaySpare(this)) return;
        LastFailure = new(kind, time.GetUtcNow());
        _isFlawless = false;
        _breaker.Open();
    });

    /// <summary>Takes the replica out of rotation until <see cref="Resume"/>.</summary>
    public void Hold() => Change(() => _isHeld = true);

    /// <summary>Ends <see cref="Hold"/> and any ejection.</summary>
    public void Resume() => Change(() =>
    {
        _isHeld = false;
        ForgiveLocked();
    });

    /// <param name="ready">Whether it answered 200.</param>
    public void Probed(ReplicaHealth health, bool ready)
    {
        var probedBefore = Volatile.Read(ref _probedAt);
        Volatile.Write(ref _probedAt, time.GetTimestamp());
        // One of several is draining or starting; the others are seen by their answers and the next probes.
        if (IsLoadBalancer && !ready && IsAvailable)
        {
            MissedProbe(probedBefore);
            return;
        }

        if (health.Load is { } load) Report(new(load.QueuedTokens, false));
        if (health.Models is { } models) _models = new(models);
        Change(() => (Health, _missedProbes, _isReady, _isLeaving) = (health, 0, ready, health.Load?.State == ReplicaHealth.Draining));
    }

    /// <summary>Records a probe that was not answered in time, unless a request was answered meanwhile: under overload every probe may be late,
    /// and that must not become an outage.</summary>
    public void MissedProbe(long askedAt)
    {
        if (Volatile.Read(ref _answeredAt) >= askedAt) return;
        Change(() =>
        {
            if (++_missedProbes < options.ProbeFailures * (pool.MaySpare(this) ? 1 : PatienceWithTheLast)) return;
            (Health, _isReady, _isLeaving) = (ReplicaHealth.Unreachable, false, false);
            LastFailure = new(FailureKind.Probe, time.GetUtcNow());
        });
    }

    /// <summary>Records a probe whose connection nobody accepted.</summary>
    public void RefusedProbe(long askedAt)
    {
        if (IsLoadBalancer) MissedProbe(askedAt);
        else Failed(FailureKind.Connect);
    }

    /// <summary>Derives the state anew from the time that has passed, and lets a replica on trial take another request.</summary>
    public void Tick() => Change(() => Volatile.Write(ref _trial, 0));

    private void ForgiveLocked()
    {
        _breaker.Succeed();
        _isFlawless = true;
        Volatile.Write(ref _trial, 0);
    }

    private void Change(Action change)
    {
        ReplicaState before, after;
        lock (pool.Gate)
        {
            before = _state;
            change();
            _state = after = _isHeld || _isLeaving ? ReplicaState.Draining
                : !_isReady ? ReplicaState.Unready
                : _breaker.IsClosed ? ReplicaState.Ready
                : _breaker.MayTry ? ReplicaState.Trial
                : ReplicaState.Ejected;
        }

        if (before != after) pool.Changed(this, before, after);
    }
}
