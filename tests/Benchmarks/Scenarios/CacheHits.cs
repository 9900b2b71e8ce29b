using System.Text;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>The same sentences again and again through the gateway with the cache allowed, by one client.</summary>
internal sealed class CacheHits(ScenarioInputs inputs) : IScenario
{
    private const int Sentences = 20;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var (variant, corpus) = (inputs.Variants[0], inputs.Sentences);
        using var server = await new GatewayPath().StartAsync(variant, cancellation);
        var few = corpus with { Texts = corpus.Texts[..Sentences], Ids = corpus.Ids[..Sentences] };
        var requests = RequestSet.Predict(few, server.Endpoint.ToString(), server.Token, noCache: false);
        var measured = await ClosedLoop.RunAsync(server, requests, 1, TimeSpan.FromSeconds(3), inputs.Options.Measured, cancellation);
        using var connection = new HttpConnection(server.Endpoint);
        await connection.SendAsync(requests.Requests[0], cancellation);
        var header = Encoding.ASCII.GetString(connection.LastAnswer).Split("\r\n").FirstOrDefault(l => l.StartsWith("x-cache", StringComparison.OrdinalIgnoreCase)) ?? "no x-cache header";
        var table = new TextTable(1, $"cache hits, {variant.Name}, gateway", "wanted", "measured");
        table.Add("p50, ms", "< 2", $"{measured.P50:0.00}");
        table.Add("p99, ms", "", $"{measured.P99:0.00}");
        table.Add("req/s", "", $"{measured.RequestsPerSecond:0}");
        table.Add("errors", "0", $"{measured.Errors}");
        table.Add("last answer", "x-cache: hit", header);
        table.Write(Console.Out);
        return 0;
    }
}
