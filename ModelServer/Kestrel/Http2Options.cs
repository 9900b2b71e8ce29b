using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Kestrel;

/// <summary>Where the gateway is listened to over HTTP/2: without TLS one port cannot speak both versions.</summary>
internal sealed class Http2Options
{
    public const string SectionName = "Http2";

    /// <summary>The port, one of those in <c>ASPNETCORE_URLS</c> or <c>HTTP_PORTS</c>, that speaks HTTP/2 alone, by prior knowledge; 0 for none.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; }

    /// <summary>Requests that may run on one connection at a time. More share their writes; beyond these a client opens another connection.</summary>
    [Range(1, 1 << 16)]
    public int StreamsPerConnection { get; set; } = 1024;
}

[OptionsValidator]
internal sealed partial class Http2OptionsValidator : IValidateOptions<Http2Options>;
