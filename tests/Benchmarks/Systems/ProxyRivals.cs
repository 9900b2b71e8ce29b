using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Benchmarks.Systems;

/// <summary>What this program serves when it is started as one of its own rivals, in a process of its own.</summary>
internal static class ProxyRivals
{
    public const string Stub = "stub", StubHttp2 = "stub-http2";
    public const string Yarp = "yarp", YarpHttp2 = "yarp-http2", YarpOneHttp2 = "yarp-http2-one", YarpFewConnections = "yarp-few";

    /// <summary>How many tokens the stub is to say that it read.</summary>
    public const string TokensHeader = "x-stub-tokens";

    /// <param name="kind">A replica that answers at once, or the proxy library with one route and nothing else; both over HTTP/1.1 or over HTTP/2
    /// without TLS, by prior knowledge.</param>
    public static Task ServeAsync(string kind, int port, int backend)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, endpoint => endpoint.Protocols = kind == StubHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var isProxy = kind is not (Stub or StubHttp2);
        if (isProxy)
        {
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "replicas", Match = new() { Path = "{**rest}" } }], [Cluster(kind, $"http://127.0.0.1:{backend}")]);
        }

        var app = builder.Build();
        if (isProxy) app.MapReverseProxy();
        else app.Run(AnswerAsync);
        return app.RunAsync();
    }

    private static ClusterConfig Cluster(string kind, string replica) => new()
    {
        ClusterId = "replicas",
        Destinations = new Dictionary<string, DestinationConfig> { ["stub"] = new() { Address = replica } },
        HttpClient = new() { EnableMultipleHttp2Connections = kind == YarpHttp2, MaxConnectionsPerServer = kind == YarpFewConnections ? 16 : null },
        HttpRequest = new() { Version = kind is YarpHttp2 or YarpOneHttp2 ? HttpVersion.Version20 : HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
    };

    private static async Task AnswerAsync(HttpContext http)
    {
        var answer = http.Request.Path.Value switch
        {
            "/predict" => Prediction,
            "/health" => Health,
            _ => default,
        };
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        if (http.Request.Headers.TryGetValue(TokensHeader, out var tokens)) http.Response.Headers["x-usage-prompt-tokens"] = tokens;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.BodyWriter.WriteAsync(answer, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Prediction { get; } =
        """{"label":"POSITIVE","score":0.99,"model":"stub","model_version":"1","processing_time":0.001,"from_cache":false}"""u8.ToArray();

    private static ReadOnlyMemory<byte> Health { get; } =
        """{"status":"healthy","model_loaded":true,"gpu_available":false,"memory_usage":{"process_bytes":1,"managed_bytes":1,"gpu_bytes":null}}"""u8.ToArray();
}
