using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using ServiceDefaults.PlainRequests;

namespace Gateway.Edge;

internal static class EdgeExtensions
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<EdgeOptions, EdgeOptionsValidator>(EdgeOptions.SectionName);
        builder.Services.AddAllowedOrigins();
        // A receive less for each request, 4 % of requests a second, for 4 KB that each idle connection holds.
        builder.WebHost.UseSockets(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<EdgeOptions>>((server, edge) =>
        {
            Limit(server.Limits, edge.Value);
            // Whatever the operating system would still speak.
            server.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        });
    }

    /// <summary>In front of authentication: a browser asks whether it may call before it sends a token.</summary>
    public static void UseEdge(this WebApplication app)
    {
        app.UsePlainRequests();
        app.UseMiddleware<RefusedRequests>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseCors();
    }

    private static void Limit(KestrelServerLimits limits, EdgeOptions edge)
    {
        limits.MaxRequestLineSize = edge.RequestLineBytes;
        limits.MaxRequestHeadersTotalSize = edge.HeaderBytes;
        limits.MaxRequestHeaderCount = edge.HeaderCount;
        limits.RequestHeadersTimeout = edge.HeadersTimeout;
        limits.KeepAliveTimeout = edge.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new(edge.BodyBytesPerSecond, edge.BodyGrace);
        limits.MaxConcurrentConnections = edge.Connections == 0 ? null : edge.Connections;
        limits.Http2.MaxStreamsPerConnection = edge.Http2Streams;
        limits.Http2.MaxRequestHeaderFieldSize = Math.Min(edge.HeaderBytes, limits.Http2.MaxRequestHeaderFieldSize);
    }
}
