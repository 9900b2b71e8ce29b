using System.Text;
using Benchmarks.Corpus;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>The same sentences again and again through the gateway with the cache allowed, by one client.</summary>
internal static class CacheHits
{
    private const int Sentences = 20;

    public static async Task RunAsync(ModelVariant variant, TextCorpus corpus, BenchmarkOptions options, CancellationToken cancellation)
    {
        using var server = await new GatewayPath().StartAsync(variant, cancellation);
        var few = corpus with { Texts = corpus.Texts[..Sentences], Ids = corpus.Ids[..Sentences] };
        var requests = RequestSet.Predict(few, server.Endpoint.ToString(), server.Token, noCache: false);
        var measured = await ClosedLoop.RunAsync(server, requests, 1, TimeSpan.FromSeconds(3), options.Measured, cancellation);
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
    }
}
