using System.Diagnostics.Metrics;
using Gateway.Telemetry;

namespace Gateway.RateLimiting;

/// <summary>Measures how limits are kept; label values are fixed words.</summary>
internal sealed class LimitMetrics
{
    private static readonly KeyValuePair<string, object?> Shared = new("ledger", "redis"), Alone = new("ledger", "local");
    private readonly Counter<long> _draws;
    private readonly Histogram<long> _overruns;

    public LimitMetrics(IMeterFactory meters, InstanceCount instances)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        _draws = meter.CreateCounter<long>("gateway.rate_limit.draws", "{draw}", "Blocks of units drawn, by who counted them: redis, or this gateway alone.");
        _overruns = meter.CreateHistogram<long>("gateway.rate_limit.overrun", "{token}", "Tokens that requests used beyond what was reserved for them.");
        meter.CreateObservableGauge("gateway.instances", () => instances.Current, "{instance}", "Gateways that share the limits.");
    }

    public void Drawn(bool shared) => _draws.Add(1, shared ? Shared : Alone);

    public void Overrun(long tokens) => _overruns.Record(tokens);
}
