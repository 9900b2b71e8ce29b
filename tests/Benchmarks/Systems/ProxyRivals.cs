using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Benchmarks.Systems;

/// <summary>What this program serves when it is started as one of its own rivals, in a process of its own.</summary>
internal static class ProxyRivals
{
    public const string Stub = "stub";
    public const string Yarp = "yarp";

    /// <summary>How many tokens the stub is to say that it read.</summary>
    public const string TokensHeader = "x-stub-tokens";

    /// <param name="kind"><see cref="Stub"/>, a replica that answers at once, or <see cref="Yarp"/>, the proxy library with one route and nothing else.</param>
    public static Task ServeAsync(string kind, int port, int backend)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        if (kind == Yarp)
        {
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "replicas", Match = new() { Path = "{**rest}" } }],
                [new ClusterConfig { ClusterId = "replicas", Destinations = new Dictionary<string, DestinationConfig> { ["stub"] = new() { Address = $"http://127.0.0.1:{backend}" } } }]);
        }

        var app = builder.Build();
        if (kind == Yarp) app.MapReverseProxy();
        else app.Run(AnswerAsync);
        return app.RunAsync();
    }

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
