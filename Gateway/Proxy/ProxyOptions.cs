using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>How requests travel to the model servers, and how often one is sent again.</summary>
internal sealed class ProxyOptions
{
    public const string SectionName = "Proxy";

    /// <summary>The longest silence of a model server before the request is given up (504). Counts between bytes, so streams may last longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a model server may give no sign of life, neither to a request nor to a probe, while a request waits for its first byte there,
    /// before another one is asked; for a generation, which takes as long as it takes, it must have missed its probes too. While there is another one,
    /// and within the retry budget: else the request goes on waiting.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long opening a connection to a model server may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether model servers are asked over HTTP/2 without TLS, by prior knowledge: on their port for it (their <c>Http2:Port</c>), as the AppHost
    /// sets both up.
    /// Small requests of 64 clients, as <c>--proxy</c> measures them: 13,600 a second instead of HTTP/1.1's 9,500, since many share a write. A single
    /// HTTP/2 connection, or 16 of HTTP/1.1 at most, was faster in one round and slower in another: YARP's defaults stay.</summary>
    public bool Http2 { get; set; }

    /// <summary>The largest body, in bytes, kept in memory so that the request can be sent again; 0 keeps none. Larger ones stream through and are tried once.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int ReplayBytes { get; set; } = 1024 * 1024;

    /// <summary>Requests that may be sent a second time, as a part of all: what keeps retries from doubling an overload.</summary>
    [Range(0.0, 1.0)]
    public double RetryRatio { get; set; } = 0.1;

    /// <summary>Requests a second that may be sent a second time whatever the ratio says, so that little traffic has retries too.</summary>
    [Range(0, 1000)]
    public int RetryFloor { get; set; } = 10;

    internal Version Version => Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
}

[OptionsValidator]
internal sealed partial class ProxyOptionsValidator : IValidateOptions<ProxyOptions>;
