using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Gateway.Replicas;

/// <summary>How requests travel to the model servers.</summary>
internal sealed class ConnectionOptions
{
    public const string SectionName = "Proxy";

    /// <summary>The longest silence of a model server before the request is given up (504). Counts between bytes, so streams may last longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How long opening a connection to a model server may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether model servers are asked over HTTP/2 without TLS, by prior knowledge: on their port for it (their <c>Http2:Port</c>), as the AppHost
    /// sets both up.
    /// Small requests of 64 clients, as <c>--proxy</c> measures them: 13,600 a second instead of HTTP/1.1's 9,500, since many share a write. A single
    /// HTTP/2 connection, or 16 of HTTP/1.1 at most, was faster in one round and slower in another: YARP's defaults stay.</summary>
    public bool Http2 { get; set; }

    internal Version Version => Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
}

[OptionsValidator]
internal sealed partial class ConnectionOptionsValidator : IValidateOptions<ConnectionOptions>;
