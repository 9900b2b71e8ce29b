using System.Globalization;
using Benchmarks.Systems;

namespace Benchmarks.Faults;

/// <summary>Retries that the gateways report, by why. A gateway that was restarted counts from zero again.</summary>
internal sealed class RetryCounts(FaultyPlatform platform)
{
    private const string Made = "gateway_proxy_retries_total{", Refused = "gateway_proxy_retries_refused_total{", Requests = "gateway_requests_total{";
    private readonly Dictionary<string, double> _seen = [];

    /// <summary>What has been added since the last call.</summary>
    public async Task<RetryCount> TakeAsync(CancellationToken cancellation)
    {
        var (made, refused, requests) = (new SortedDictionary<string, double>(), 0d, 0d);
        for (var gateway = 0; gateway < FaultyPlatform.Gateways; gateway++)
        {
            foreach (var line in (await platform.MetricsAsync(gateway, cancellation)).Split('\n'))
            {
                if (!line.StartsWith(Made, StringComparison.Ordinal) && !line.StartsWith(Refused, StringComparison.Ordinal) && !line.StartsWith(Requests, StringComparison.Ordinal)) continue;
                var end = line.LastIndexOf(' ');
                var (series, value) = ($"{gateway} {line[..end]}", double.Parse(line[(end + 1)..], CultureInfo.InvariantCulture));
                var before = _seen.GetValueOrDefault(series);
                var more = value >= before ? value - before : value;
                _seen[series] = value;
                if (more == 0) continue;
                if (line.StartsWith(Refused, StringComparison.Ordinal)) refused += more;
                else if (line.StartsWith(Requests, StringComparison.Ordinal)) requests += more;
                else made[Kind(line)] = made.GetValueOrDefault(Kind(line)) + more;
            }
        }

        return new(made, refused, requests);
    }

    private static string Kind(string line) => line.Split("kind=\"")[1].Split('"')[0];
}

/// <param name="Made">By kind of failure.</param>
/// <param name="Refused">Beyond the budget.</param>
internal sealed record RetryCount(IReadOnlyDictionary<string, double> Made, double Refused, double Requests)
{
    public string Text => Made.Count == 0 ? "0" : string.Join(" ", Made.Select(m => $"{m.Key}:{m.Value:0}"));
}
