using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace ModelServer.Listening;

internal static class ListeningExtensions
{
    /// <summary>Speaks HTTP/2 on one of the ports that the process is told to listen on.</summary>
    public static void AddListening(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<Http2Options, Http2OptionsValidator>(Http2Options.SectionName);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<Http2Options>>((server, http2) =>
        {
            server.Limits.Http2.MaxStreamsPerConnection = http2.Value.StreamsPerConnection;
            if (http2.Value.Port == 0) return;
            server.ConfigureEndpointDefaults(endpoint =>
            {
                if (endpoint.IPEndPoint?.Port == http2.Value.Port) endpoint.Protocols = HttpProtocols.Http2;
            });
        });
    }
}
