using Gateway.Bodies;
using Gateway.Replicas;
using Gateway.Routing;
using Gateway.Telemetry;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Proxy;

/// <summary>What every forwarding needs.</summary>
internal sealed record ForwardingServices(ReplicaPool Pool, RetryBudget Budget, GatewayMetrics Metrics, TimeProvider Time, ProxyOptions Options, ConnectionOptions Connection);

/// <summary>One request on its way to a model server and perhaps, before the first byte, to others.</summary>
internal sealed class Forwarding(HttpContext context, IReverseProxyFeature proxy, ReplayBody? body, ForwardingServices services)
{
    private const int Waiting = 0, Answered = 1, Overdue = 2;
    private readonly CancellationToken _client = context.RequestAborted;
    private readonly RequestDeadline _deadline = RequestDeadline.Of(context.Request, services.Time);
    private IReadOnlyList<DestinationState> _candidates = proxy.AvailableDestinations;
    private CancellationTokenSource? _cancel;
    private ITimer? _timer;
    private long _sentAt;
    private int _phase;
    private bool _isAnswered;
    private bool _isAfterABreak;

    /// <summary>Why the request is to be sent again, one of <see cref="FailureKind"/>; null when it is not.</summary>
    public string? Again { get; private set; }

    public RequestDeadline Deadline => _deadline;

    private Replica? Current => proxy.ProxiedDestination is { } destination ? services.Pool.Find(destination.DestinationId) : null;

    public async Task SendAsync(RequestDelegate next)
    {
        _sentAt = services.Time.GetTimestamp();
        Arm();
        try
        {
            await next(context);
        }
        finally
        {
            Disarm();
        }

        if (Again == FailureKind.Timeout) Current?.Failed(FailureKind.Timeout);
        else if (context.GetForwarderErrorFeature() is { } told)
        {
            var failure = told.Correct(body, _isAnswered, context.Response);
            context.Features.Set(failure);
            if (failure is not null) Judge(failure);
        }
    }

    /// <summary>Makes ready for another attempt, on any replica that has not had one.</summary>
    public void TakeNext()
    {
        _isAfterABreak |= Again == FailureKind.Broken;
        proxy.AvailableDestinations = _candidates = Others();
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        body?.TryRewind();
        (_phase, _isAnswered, Again) = (Waiting, false, null);
    }

    /// <summary>The head of an answer is here.</summary>
    /// <returns>Whether the client is to get it; else another replica is asked.</returns>
    public bool Accept(HttpResponseMessage answer)
    {
        if (Interlocked.CompareExchange(ref _phase, Answered, Waiting) != Waiting) return false;
        _isAnswered = true;
        if (Current is not { } replica) return true;
        var load = Report(replica, answer);
        var kind = (int)answer.StatusCode switch
        {
            500 or 502 => FailureKind.Error,
            503 when load.Draining => FailureKind.Draining,
            503 => FailureKind.Overloaded,
            _ => null,
        };
        if (kind == FailureKind.Error) replica.Failed(kind);
        else replica.Answered(services.Time.GetElapsedTime(_sentAt));
        // An engine that failed on a request would fail on it again elsewhere.
        if (kind is not null && (int)answer.StatusCode != 500 && TryClaim(kind)) return false;
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
        if (_deadline.IsSet) _cancel.CancelAfter(_deadline.Left(services.Time));
        if (canMove) _timer = services.Time.CreateTimer(static state => ((Forwarding)state!).GiveUp(), this, services.Options.AttemptTimeout, Timeout.InfiniteTimeSpan);
    }

    private void Disarm()
    {
        _timer?.Dispose();
        context.RequestAborted = _client;
        if (Interlocked.Exchange(ref _phase, Answered) == Overdue) Again = FailureKind.Timeout;
        // Else the timer may be about to cancel it.
        else _cancel?.Dispose();
        (_timer, _cancel) = (null, null);
    }

    /// <summary>The first byte is overdue. A replica that answers others, or its probes, is busy and not gone: asking around would only add to an
    /// overload. Where nobody else may be asked the request goes on waiting too.</summary>
    private void GiveUp()
    {
        if (_cancel is not { } cancel || Volatile.Read(ref _phase) != Waiting) return;
        var left = services.Options.AttemptTimeout - services.Time.GetElapsedTime(Math.Max(_sentAt, Current?.HeardAt ?? 0));
        // An answer that takes its time is only given up with its replica, when that has missed its probes too.
        if (left <= TimeSpan.Zero && Current is { IsAvailable: true } && !ProxyRoutes.Get(proxy.Route.Config.RouteId).IsQuick) left = services.Options.AttemptTimeout;
        if (left > TimeSpan.Zero)
        {
            _timer?.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        if (!MaySendAgain(FailureKind.Timeout)) return;
        if (Interlocked.CompareExchange(ref _phase, Overdue, Waiting) == Waiting) cancel.Cancel();
    }

    private void Judge(IForwarderErrorFeature failure)
    {
        if (_client.IsCancellationRequested || !failure.IsTheReplicas())
        {
            Current?.Abandoned();
            return;
        }

        Current?.Failed(failure.Kind());
        if (!context.Response.HasStarted && failure.IsWorthAnotherAttempt()) TryClaim(failure.Kind());
    }

    private bool TryClaim(string kind)
    {
        if (!MaySendAgain(kind)) return false;
        Again = kind;
        return true;
    }

    private bool MaySendAgain(string kind)
    {
        if (!CanMove(kind)) return false;
        if (services.Budget.TrySpend()) return true;
        services.Metrics.RetryRefused(kind);
        return false;
    }

    private bool CanMove(string kind)
    {
        if (_candidates.Count < 2 || body is { CanRewind: false } || _client.IsCancellationRequested || _deadline.Left(services.Time) == TimeSpan.Zero) return false;
        // Where two broke off, the request itself may be why.
        if (kind == FailureKind.Broken && _isAfterABreak) return false;
        return kind == FailureKind.Overloaded ? Others().Any(IsFarFreer) : Others().Length > 0;
    }

    private DestinationState[] Others()
        => [.. _candidates.Where(d => d != proxy.ProxiedDestination && services.Pool.Find(d.DestinationId) is { IsAvailable: true })];

    // Where all are full, asking around only adds to it.
    private bool IsFarFreer(DestinationState other)
        => services.Pool.Find(other.DestinationId)?.Score(other.ConcurrentRequestCount) * 2 < Current?.Score(proxy.ProxiedDestination!.ConcurrentRequestCount);

    private void Protect(HttpResponseMessage answer, HttpContent events, Replica replica)
    {
        // From here on the stream itself keeps the deadline.
        _cancel?.CancelAfter(Timeout.InfiniteTimeSpan);
        answer.Content = new EventStreamContent(events, services.Connection.ActivityTimeout, _deadline.Left(services.Time), services.Time, end =>
        {
            services.Metrics.StreamCut(end);
            if (end != StreamEnd.DeadlinePassed) replica.Failed(end == StreamEnd.Broken ? FailureKind.Broken : FailureKind.Timeout);
        });
    }
}
