using System.Diagnostics;
using System.Globalization;
using System.Net;
using Benchmarks.Load;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Two hundred clients of two subjects through two gateways that share a Redis: one subject is limited by requests, the other by tokens.
/// No minute, wherever it begins, may see more than the limit; then Redis is killed and comes back empty, and then a gateway is killed.</summary>
internal sealed class LimitsSoak(ScenarioInputs inputs) : IScenario
{
    private const long RequestLimit = 3000, TokenLimit = 30_000, TokensEach = 10;
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(20);

    // Clients use a minute up in about thirty seconds and have the same again 62 seconds after: both die in the midst of that.
    private double RedisDies => inputs.Options.Quick ? 72 : 134;

    private double GatewayDies => RedisDies + 62;

    private double End => RedisDies + (inputs.Options.Quick ? 95 : 120);

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var stub = await ProxySystem.StartStubAsync(cancellation);
        var redisPort = RunningServer.FreePort();
        var redis = StartRedis(redisPort);
        try
        {
            using var one = await StartGatewayAsync(stub.Endpoint.Port, redisPort, cancellation);
            using var other = await StartGatewayAsync(stub.Endpoint.Port, redisPort, cancellation);
            // They count each other by their heartbeats.
            await Task.Delay(TimeSpan.FromSeconds(3), cancellation);
            LimitClients[] loads =
            [
                new("requests", Platform.Issue("requests", "requests"), [one, other], 1),
                new("tokens", Platform.Issue("tokens", "tokens"), [one, other], TokensEach, $"{ProxyRivals.TokensHeader}: {TokensEach}"),
            ];
            var begin = Stopwatch.GetTimestamp();
            var running = Task.WhenAll(loads.Select(l => l.RunAsync(begin, TimeSpan.FromSeconds(End), cancellation)));
            await UntilAsync(begin, RedisDies, cancellation);
            var alone = await DrawsAloneAsync(one, cancellation) + await DrawsAloneAsync(other, cancellation);
            redis.Send(ChildSignal.Kill);
            await UntilAsync(begin, RedisDies + Away.TotalSeconds, cancellation);
            redis.Dispose();
            redis = StartRedis(redisPort);
            await UntilAsync(begin, GatewayDies, cancellation);
            one.Kill();
            await running;
            Write(loads, alone);
            return 0;
        }
        finally
        {
            redis.Dispose();
        }
    }

    private void Write(LimitClients[] loads, double alone)
    {
        var table = new TextTable(1, "limited by", "limit a minute", "passed", "refused", "failed", "most in any minute: calm", "with Redis dying", "with a gateway dying", "over, calm");
        foreach (var (load, limit) in loads.Zip([RequestLimit, TokenLimit]))
        {
            var calm = load.Passed.MostInAMinute(0, RedisDies);
            table.Add(
                load.Name, $"{limit}", $"{load.Passed.Total(0, End)}", $"{load.Refused}", $"{load.Failed}", $"{calm}", $"{load.Passed.MostInAMinute(RedisDies, GatewayDies)}",
                $"{load.Passed.MostInAMinute(GatewayDies, End)}", $"{Math.Max(0, calm - limit)}");
        }

        table.Write(Console.Out);
        Console.Out.WriteLine($"Calm for {RedisDies} s, in which gateways drew {alone} blocks alone because Redis took longer than its 20 ms; Redis away for {Away.TotalSeconds} s, then empty.");
    }

    private static async Task UntilAsync(long begin, double seconds, CancellationToken cancellation)
    {
        var left = TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(begin);
        if (left > TimeSpan.Zero) await Task.Delay(left, cancellation);
    }

    private static ChildProcess StartRedis(int port) => ChildProcess.Start(
        "redis", BenchmarkPaths.Cache, new Dictionary<string, string>(), "redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no");

    private static Task<RunningServer> StartGatewayAsync(int stub, int redis, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var settings = new Dictionary<string, string>
        {
            ["RateLimiting__Tiers__requests__RequestsPerMinute"] = $"{RequestLimit}",
            ["RateLimiting__Tiers__tokens__RequestsPerMinute"] = "1000000000",
            ["RateLimiting__Tiers__tokens__TokensPerMinute"] = $"{TokenLimit}",
            ["ConnectionStrings__cache"] = $"127.0.0.1:{redis}",
        };
        return new RunningServer(new(IPAddress.Loopback, port), Platform.Token, Platform.StartGateway(port, [stub], settings)).WhenReadyAsync("/ready", cancellation);
    }

    private static async Task<double> DrawsAloneAsync(RunningServer gateway, CancellationToken cancellation)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", gateway.Token) } };
        var text = await client.GetStringAsync(new Uri($"http://{gateway.Endpoint}/metrics"), cancellation);
        return text.Split('\n').Where(l => l.StartsWith("gateway_rate_limit_draws", StringComparison.Ordinal) && l.Contains("local", StringComparison.Ordinal))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
