using Gateway.Bodies;
using Gateway.Deadlines;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Telemetry;
using Gateway.Usage;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Proxy;

/// <summary>The services that every forwarding uses.</summary>
internal sealed record ForwardingServices(
    ReplicaPool Pool, RetryBudget Budget, UsageQuestions Questions, GatewayMetrics Metrics, TimeProvider Time, ProxyOptions Options, ConnectionOptions Connection);

/// <summary>One request on its way to a model server and perhaps, before the first byte of an answer, to others. Each attempt ends in a verdict, which is
/// given once: by the timer, by the head of the answer, or by what YARP says at the end; all of them ask <see cref="Decide"/>.</summary>
internal sealed class Forwarding(HttpContext context, IReverseProxyFeature proxy, ReplayBody? body, ForwardingServices services)
{
    // Guards the phase and the verdict while the timer runs on a thread of its own: the budget is spent by whoever leaves Waiting first.
    private readonly Lock _gate = new();
    private readonly CancellationToken _client = context.RequestAborted;
    private readonly TokenUsage? _usage = context.TokenUsage();
    private readonly RequestDeadline _deadline = context.Deadline();
    private IReadOnlyList<DestinationState> _candidates = proxy.AvailableDestinations;
    private CancellationTokenSource? _cancel;
    private ITimer? _late;
    private ITimer? _timer;
    private long _sentAt;
    private AttemptPhase _phase;
    private AttemptVerdict _verdict;
    private bool _isAfterBalancer;
    private bool _isAfterBreak;
    private bool _isAfterNotReady;

    public RequestDeadline Deadline => _deadline;

    /// <summary>The number of the response that it makes: every attempt has the same.</summary>
    public string ResponseNumber => field ??= ServiceDefaults.Protocol.ResponseNumber.Next();

    private Replica? Current => proxy.ProxiedDestination is { } destination ? services.Pool.Find(destination.DestinationId) : null;

    /// <summary>Makes one attempt.</summary>
    public async Task<AttemptVerdict> SendAsync(RequestDelegate next)
    {
        // 1. Start the clocks of the deadline and of the first byte.
        (_phase, _verdict) = (AttemptPhase.Waiting, AttemptVerdict.Final);
        _sentAt = services.Time.GetTimestamp();
        Arm();
        try
        {
            // 2. YARP chooses the replica, sends the request, and shows the head of the answer to Accept.
            await next(context);
        }
        finally
        {
            // 3. From here on the timer changes nothing.
            Disarm();
        }

        // 4. Tell the replica's state what became of it; a failure without an answer has its verdict here.
        if (_phase == AttemptPhase.Overdue) Current?.Failed(FailureKind.Timeout);
        else if (context.GetForwarderErrorFeature() is { } failure) Judge(failure);
        else if (_phase == AttemptPhase.Late) Refuse();
        return _verdict;
    }

    /// <summary>Prepares another attempt, on any replica that has not had one; a load balancer is asked twice, since another one may answer there.</summary>
    public void MoveOn()
    {
        _isAfterBreak |= _verdict.Reason == FailureKind.Broken;
        _isAfterNotReady |= _verdict.Reason == FailureKind.NotReady;
        proxy.AvailableDestinations = _candidates = [.. Others().Select(o => o.Destination)];
        _isAfterBalancer |= Current is { IsLoadBalancer: true };
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        body?.TryRewind();
    }

    /// <summary>Gives an attempt its name as it sets out; null where its tokens are not counted.</summary>
    public string? NameAttempt()
    {
        if (_usage is null || Current is not { } replica) return null;
        var attempt = new Attempt(replica.Address, services.Questions.NextAttempt(), context.Request.Headers.Authorization.ToString());
        _usage.Sent(attempt);
        return attempt.Name;
    }

    /// <summary>Decides whether the client gets the answer whose head has come.</summary>
    public bool Accept(HttpResponseMessage answer)
    {
        lock (_gate)
        {
            if (_phase != AttemptPhase.Waiting) return false;
            // From here on it is passed on, whatever the deadline says: an answer that has begun can be cut off, and no longer be a 504. A stream keeps its deadline by itself.
            _phase = AttemptPhase.Answered;
        }

        if (Current is not { } replica) return true;
        var load = Report(replica, answer);
        var kind = RetryPolicy.FailureOf((int)answer.StatusCode, load.Draining, answer.Headers.NonValidated.Contains(AnswerHeaders.AskElsewhere));
        if (kind == FailureKind.Error) replica.Failed(kind);
        else replica.Answered(services.Time.GetElapsedTime(_sentAt));
        // An engine that failed on a request would fail on it again elsewhere.
        if (kind is not null && (int)answer.StatusCode != 500) _verdict = Decide(kind);
        if (_verdict.IsRetry) return false;
        if (answer.Content is { Headers: { ContentLength: null, ContentType.MediaType: "text/event-stream" } } events) Protect(answer, events, replica);
        return true;
    }

    private static LoadReport Report(Replica replica, HttpResponseMessage answer)
    {
        if (!answer.Headers.NonValidated.TryGetValues(LoadReport.HeaderName, out var values) || !LoadReport.TryParse(values.ToString(), out var load)) return default;
        replica.Report(load);
        return load;
    }

    private void Arm()
    {
        var canMove = _candidates.Count > 1;
        if (!canMove && !_deadline.IsSet) return;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(_client);
        context.RequestAborted = _cancel.Token;
        if (_deadline.IsSet) _late = services.Time.CreateTimer(static state => ((Forwarding)state!).Pass(), this, _deadline.Left(services.Time), Timeout.InfiniteTimeSpan);
        if (canMove) _timer = services.Time.CreateTimer(static state => ((Forwarding)state!).GiveUp(), this, services.Options.AttemptTimeout, Timeout.InfiniteTimeSpan);
    }

    private void Disarm()
    {
        lock (_gate)
        {
            if (_phase == AttemptPhase.Waiting) _phase = AttemptPhase.Failed;
            _timer?.Dispose();
            _late?.Dispose();
            // Else a timer may be about to cancel it.
            if (_phase is not (AttemptPhase.Overdue or AttemptPhase.Late)) _cancel?.Dispose();
            (_timer, _late, _cancel) = (null, null, null);
        }

        context.RequestAborted = _client;
    }

    /// <summary>Runs on the timer's thread when the first byte is overdue. A replica that answers others, or its probes, is busy and not gone: asking around
    /// would only add to an overload. Where nobody else may be asked the request goes on waiting too.</summary>
    private void GiveUp()
    {
        CancellationTokenSource? cancel;
        lock (_gate)
        {
            if (_phase != AttemptPhase.Waiting) return;
            var left = services.Options.AttemptTimeout - services.Time.GetElapsedTime(Math.Max(_sentAt, Current?.HeardAt ?? 0));
            // An answer that takes its time is only given up with its replica, when that has missed its probes too.
            if (left <= TimeSpan.Zero && Current is { IsAvailable: true } && !ProxyRoutes.Get(proxy.Route.Config.RouteId).IsQuick) left = services.Options.AttemptTimeout;
            if (left > TimeSpan.Zero)
            {
                _timer?.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            _verdict = Decide(FailureKind.Timeout);
            if (!_verdict.IsRetry) return;
            _phase = AttemptPhase.Overdue;
            cancel = _cancel;
        }

        // Outside of the lock: whoever is cancelled may go on on this thread.
        cancel?.Cancel();
    }

    /// <summary>Runs on a timer's thread when the caller's deadline passes before the head of an answer.</summary>
    private void Pass()
    {
        CancellationTokenSource? cancel;
        lock (_gate)
        {
            if (_phase != AttemptPhase.Waiting) return;
            _phase = AttemptPhase.Late;
            cancel = _cancel;
        }

        cancel?.Cancel();
    }

    /// <summary>The head of an answer came behind its deadline and was dropped: YARP, which saw an answer, calls that no failure.</summary>
    private void Refuse()
    {
        Current?.Abandoned();
        context.Response.Clear();
        context.Features.Set(ForwarderFailure.Late);
    }

    private void Judge(IForwarderErrorFeature told)
    {
        var failure = told.Correct(body, _phase == AttemptPhase.Answered, context.Response);
        context.Features.Set(failure);
        if (failure is null) return;
        if (failure.IsConnectFailure()) _usage?.NotSent();
        if (_client.IsCancellationRequested || !failure.IsTheReplicas())
        {
            Current?.Abandoned();
            return;
        }

        Current?.Failed(failure.Kind());
        if (!_verdict.IsRetry && !context.Response.HasStarted && failure.IsWorthAnotherAttempt()) _verdict = Decide(failure.Kind());
    }

    private AttemptVerdict Decide(string kind)
    {
        var isWanted = !_client.IsCancellationRequested && _deadline.Left(services.Time) != TimeSpan.Zero;
        var load = Current?.Score(proxy.ProxiedDestination!.ConcurrentRequestCount) ?? 0;
        var situation = new RetrySituation(load, [.. Others().Select(o => o.Load)], body is not { CanRewind: false }, isWanted, _isAfterBreak, _isAfterNotReady);
        var decision = RetryPolicy.Decide(kind, situation, services.Budget.TrySpend);
        if (decision == RetryDecision.OverBudget) services.Metrics.RetryRefused(kind);
        return decision == RetryDecision.Yes ? new(kind) : AttemptVerdict.Final;
    }

    private IEnumerable<(DestinationState Destination, double Load)> Others()
        => _candidates
            .Select(d => (Destination: d, Replica: services.Pool.Find(d.DestinationId)))
            .Where(o => o.Replica is { IsAvailable: true } && (o.Destination != proxy.ProxiedDestination || (o.Replica.IsLoadBalancer && !_isAfterBalancer)))
            .Select(o => (o.Destination, o.Replica!.Score(o.Destination.ConcurrentRequestCount)));

    private void Protect(HttpResponseMessage answer, HttpContent events, Replica replica)
    {
        answer.Content = new EventStreamContent(events, context.Request.Path, services.Connection.ActivityTimeout, _deadline.Left(services.Time), services.Time, Ended, end =>
        {
            services.Metrics.StreamCut(end);
            if (end != StreamEnd.DeadlinePassed) replica.Failed(end == StreamEnd.Broken ? FailureKind.Broken : FailureKind.Timeout);
        });

        void Ended() => _usage?.TakeTrailers(answer.TrailingHeaders);
    }
}
