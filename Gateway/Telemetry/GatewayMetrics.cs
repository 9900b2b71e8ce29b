using System.Diagnostics.Metrics;

namespace Gateway.Telemetry;

/// <summary>The metrics of the gateway. Every label is one of a few fixed or configured words; nothing is counted per client.</summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Gateway";
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _proxyFailures;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _retriesRefused;
    private readonly Counter<long> _streamsCut;
    private readonly Counter<long> _replicaChanges;
    private readonly Counter<long> _replicaEjections;
    private readonly Meter _meter;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("gateway.requests", "{request}", "Requests by route and outcome.");
        _duration = meter.CreateHistogram("gateway.request.duration", "s", "From the first byte of a request to the last of its answer, by route and class of status.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });
        _rateLimited = meter.CreateCounter<long>("gateway.rate_limited", "{request}", "Requests refused by the rate limit, by tier and kind of limit.");
        _proxyFailures = meter.CreateCounter<long>("gateway.proxy.failures", "{request}", "Requests that no model server answered, by kind of failure.");
        _retries = meter.CreateCounter<long>("gateway.proxy.retries", "{request}", "Requests sent again to another model server, by kind of failure.");
        _retriesRefused = meter.CreateCounter<long>("gateway.proxy.retries_refused", "{request}", "Requests not sent again because the retry budget was used up, by kind of failure.");
        _streamsCut = meter.CreateCounter<long>("gateway.proxy.streams_cut", "{stream}", "Event streams that the gateway ended with an error, by why.");
        _replicaChanges = meter.CreateCounter<long>("gateway.replica.changes", "{change}", "Changes of a model server's state, by the new one.");
        _replicaEjections = meter.CreateCounter<long>("gateway.replica.ejections", "{ejection}", "Model servers left alone for a while, by kind of failure.");
    }

    /// <param name="status">The status' class.</param>
    public void RequestCompleted(string route, string outcome, string status, TimeSpan took)
    {
        _requests.Add(1, new("route", route), new("outcome", outcome));
        _duration.Record(took.TotalSeconds, new("route", route), new("status", status));
    }

    /// <param name="kind">The limit that refused, one of a few words.</param>
    public void RateLimited(string tier, string kind) => _rateLimited.Add(1, new("tier", tier), new("kind", kind));

    public void ProxyFailed(string kind) => _proxyFailures.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Retried(string kind) => _retries.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void RetryRefused(string kind) => _retriesRefused.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void StreamCut<TReason>(TReason reason) where TReason : struct, Enum => _streamsCut.Add(1, new KeyValuePair<string, object?>("reason", Word(reason)));

    public void ReplicaChanged<TState>(TState state) where TState : struct, Enum => _replicaChanges.Add(1, new KeyValuePair<string, object?>("state", Word(state)));

    public void ReplicaEjected(string kind) => _replicaEjections.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>Counts the model servers by state whenever the meter is read.</summary>
    public void ObserveReplicas<TState>(Func<IEnumerable<TState>> states) where TState : struct, Enum => _meter.CreateObservableGauge("gateway.replicas", () =>
    {
        var counts = states().CountBy(s => s).ToDictionary();
        return Enum.GetValues<TState>().Select(s => new Measurement<int>(counts.GetValueOrDefault(s), new KeyValuePair<string, object?>("state", Word(s))));
    }, "{replica}", "Model servers by state.");

    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
