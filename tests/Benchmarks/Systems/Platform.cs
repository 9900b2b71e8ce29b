using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Benchmarks.Models;
using Testing;

namespace Benchmarks.Systems;

/// <summary>Our own processes, configured by environment as the AppHost does, with a signing key of this run.</summary>
internal static class Platform
{
    private const string Issuer = "urn:transformer-platform:development";
    private const string Audience = "transformer-platform";
    private static readonly string SigningKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>A token of tier <c>bench</c>, which development leaves unlimited.</summary>
    public static string Token { get; } = Issue("benchmark", "bench");

    /// <param name="cores">0: all.</param>
    /// <param name="checkout">As of <see cref="Start"/>.</param>
    public static ChildProcess StartModelServer(string name, int port, ModelVariant variant, int cores, string? checkout = null, IReadOnlyDictionary<string, string>? settings = null) => Start(
        "ModelServer", name, port,
        new Dictionary<string, string>(settings ?? new Dictionary<string, string>()) { ["Models__Folder"] = variant.Folder, ["Inference__Device"] = "cpu", ["Inference__Cores"] = cores.ToString() }, checkout);

    /// <param name="checkout">As of <see cref="Start"/>.</param>
    public static ChildProcess StartGateway(int port, IReadOnlyList<int> replicas, IReadOnlyDictionary<string, string>? settings = null, string? checkout = null)
    {
        var addresses = replicas.Select((p, i) => KeyValuePair.Create($"services__modelserver-{i + 1}__http__0", $"http://127.0.0.1:{p}"));
        return Start("Gateway", "gateway", port, new Dictionary<string, string>([.. addresses, .. settings ?? new Dictionary<string, string>()]), checkout);
    }

    /// <param name="project"><c>Gateway</c> or <c>ModelServer</c>.</param>
    /// <param name="settings">They have the last word.</param>
    /// <param name="checkout">The built repository to take it from; this one if null.</param>
    public static ChildProcess Start(string project, string name, int port, IReadOnlyDictionary<string, string> settings, string? checkout = null)
    {
        var folder = Path.Combine(checkout ?? RepositoryPaths.Root, project);
        var binary = Path.Combine(folder, "bin", "Release", "net10.0", $"{project}.dll");
        if (!File.Exists(binary)) throw new InvalidOperationException($"{binary} is missing: start the benchmark with tests/Benchmarks/run, which builds it.");
        var environment = new Dictionary<string, string>
        {
            // What is measured begins when all that is to be served is.
            ["Models__ReadyWhen"] = "all",
            ["ASPNETCORE_ENVIRONMENT"] = settings.GetValueOrDefault("ASPNETCORE_ENVIRONMENT", "Development"),
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["Authentication__Issuer"] = Issuer,
            ["Authentication__Audience"] = Audience,
            ["Authentication__SigningKey"] = SigningKey,
        };
        foreach (var (key, value) in settings) environment[key] = value;
        return ChildProcess.Start(name, folder, environment, "dotnet", "exec", binary);
    }

    public static string Issue(string subject, string tier)
    {
        var now = DateTimeOffset.UtcNow;
        var claims = new
        {
            iss = Issuer,
            aud = Audience,
            sub = subject,
            scope = "infer admin",
            tier,
            iat = now.ToUnixTimeSeconds(),
            nbf = now.AddMinutes(-1).ToUnixTimeSeconds(),
            exp = now.AddHours(12).ToUnixTimeSeconds(),
        };
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{signed}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SigningKey), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}

/// <summary>One replica with all cores, asked directly.</summary>
/// <param name="checkout">As of <see cref="Platform.Start"/>.</param>
internal sealed class DirectServer(string? checkout = null, IReadOnlyDictionary<string, string>? settings = null) : IServedSystem
{
    public string Name => "server";

    public bool Serves(ModelVariant variant) => true;

    public async Task<RunningServer> StartAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var server = new RunningServer(new(IPAddress.Loopback, port), Platform.Token, Platform.StartModelServer("server", port, variant, cores: 0, checkout, settings));
        return await server.WhenReadyAsync("/ready", cancellation);
    }
}

/// <summary>The gateway before two replicas that share the cores, which it asks over HTTP/2, as the AppHost sets them up.</summary>
/// <param name="checkout">As of <see cref="Platform.Start"/>.</param>
internal sealed class GatewayPath(string? checkout = null) : IServedSystem
{
    private const int Replicas = 2;

    public string Name => "gateway";

    public bool Serves(ModelVariant variant) => true;

    public async Task<RunningServer> StartAsync(ModelVariant variant, CancellationToken cancellation)
    {
        int[] ports = [.. Enumerable.Range(0, Replicas).Select(_ => RunningServer.FreePort())], http2 = [.. ports.Select(_ => RunningServer.FreePort())];
        var cores = Math.Max(1, Environment.ProcessorCount / Replicas);
        var replicas = ports.Select((p, i) => Platform.StartModelServer($"modelserver-{i + 1}", p, variant, cores, checkout, new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{p};http://127.0.0.1:{http2[i]}",
            ["Http2__Port"] = $"{http2[i]}",
        })).ToArray();
        var port = RunningServer.FreePort();
        var path = new RunningServer(new(IPAddress.Loopback, port), Platform.Token, [Platform.StartGateway(port, ports, Http2To(http2), checkout), .. replicas]);
        try
        {
            foreach (var replica in ports) await path.WaitUntilReadyAsync("/ready", cancellation, replica);
            // The gateway looks at its replicas once a second or so.
            await Task.Delay(2000, cancellation);
        }
        catch
        {
            path.Dispose();
            throw;
        }

        return await path.WhenReadyAsync("/ready", cancellation);
    }

    private static Dictionary<string, string> Http2To(int[] ports) => new(ports.Select((p, i) => KeyValuePair.Create($"services__modelserver-{i + 1}__http2__0", $"http://127.0.0.1:{p}")))
    {
        ["Proxy__Http2"] = "true",
    };
}
