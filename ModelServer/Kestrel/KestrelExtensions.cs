using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ModelServer.Kestrel;

internal static class KestrelExtensions
{
    // All streams of a connection share it, at 768 KiB each: two bodies that wait to be read must not hold up the others.
    private const int ConnectionWindow = 16 * 1024 * 1024;

    /// <summary>Speaks HTTP/2 on one of the ports that the process is told to listen on.</summary>
    public static void AddKestrel(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<Http2Options, Http2OptionsValidator>(Http2Options.SectionName);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<Http2Options>>((server, http2) =>
        {
            server.Limits.Http2.MaxStreamsPerConnection = http2.Value.StreamsPerConnection;
            server.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
            if (http2.Value.Port == 0) return;
            server.ConfigureEndpointDefaults(endpoint =>
            {
                if (endpoint.IPEndPoint?.Port == http2.Value.Port) endpoint.Protocols = HttpProtocols.Http2;
            });
        });
    }
}
