using Reliability.Cluster;

namespace Reliability.Load;

/// <summary>Retries that the gateways report. A gateway that was restarted counts from zero again.</summary>
internal sealed class RetryCounts(FaultCluster cluster)
{
    private const string Made = "gateway_proxy_retries_total";
    private readonly Dictionary<string, double> _seen = [];

    /// <summary>How many have been made since the last call.</summary>
    public async Task<double> TakeAsync(CancellationToken cancellation)
    {
        var made = 0d;
        foreach (var gateway in cluster.Gateways)
        {
            foreach (var (series, value) in MetricValues.Read(await cluster.Client.MetricsAsync(gateway.Port, cancellation)).Where(s => MetricValues.FamilyOf(s.Series) == Made))
            {
                var name = $"{gateway.Name} {series}";
                var before = _seen.GetValueOrDefault(name);
                made += value >= before ? value - before : value;
                _seen[name] = value;
            }
        }

        return made;
    }
}
