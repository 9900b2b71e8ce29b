using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Benchmarks.Load;

/// <summary>What wrk, Debian's load generator in C, measured: requests a second, milliseconds, answers other than 2xx.</summary>
internal sealed partial record Wrk(double RequestsPerSecond, double P50, double P99, long Failed)
{
    /// <summary>Posts one body again and again over a number of connections, for some seconds.</summary>
    public static async Task<Wrk> RunAsync(Uri address, string? token, string body, int connections, double seconds, CancellationToken cancellation)
    {
        var script = Path.Combine(BenchmarkPaths.Cache, "post.lua");
        await File.WriteAllTextAsync(script, $"""
            wrk.method = "POST"
            wrk.body = [[{body}]]
            wrk.headers["Content-Type"] = "application/json"
            {(token is null ? "" : $"wrk.headers[\"Authorization\"] = os.getenv(\"BENCHMARK_TOKEN\") and \"Bearer \" .. os.getenv(\"BENCHMARK_TOKEN\")")}
            """, cancellation);
        var start = new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{Math.Max(1, (int)seconds)}s", "--latency", "-s", script, address.ToString()]) { RedirectStandardOutput = true };
        if (token is not null) start.Environment["BENCHMARK_TOKEN"] = token;
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (!RateLine().IsMatch(said)) throw new InvalidOperationException($"wrk said: {said}");
        var sockets = SocketErrors().Match(said) is { Success: true } e ? e.Groups.Values.Skip(1).Sum(g => long.Parse(g.Value, CultureInfo.InvariantCulture)) : 0;
        var refused = Refused().Match(said) is { Success: true } r ? long.Parse(r.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new(double.Parse(RateLine().Match(said).Groups[1].Value, CultureInfo.InvariantCulture), Milliseconds(said, "50%"), Milliseconds(said, "99%"), refused + sockets);
    }

    private static double Milliseconds(string said, string percentile)
    {
        var match = Regex.Match(said, $@"{percentile}\s+([\d.]+)(us|ms|s)");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * match.Groups[2].Value switch { "us" => 0.001, "ms" => 1, _ => 1000 };
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RateLine();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Refused();
}
