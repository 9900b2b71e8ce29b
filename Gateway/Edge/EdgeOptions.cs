using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Edge;

/// <summary>What a client may cost before it has said anything sensible.</summary>
internal sealed class EdgeOptions
{
    public const string SectionName = "Edge";

    /// <summary>The longest request line, in bytes (414).</summary>
    [Range(256, 1024 * 1024)]
    public int RequestLineBytes { get; set; } = 8 * 1024;

    /// <summary>The longest head of a request, all headers together, in bytes (431).</summary>
    [Range(1024, 1024 * 1024)]
    public int HeaderBytes { get; set; } = 32 * 1024;

    /// <summary>The most headers (431).</summary>
    [Range(8, 1000)]
    public int HeaderCount { get; set; } = 64;

    /// <summary>How long the head of a request may take to arrive (408).</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection without a request is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>The slowest arrival of a body, in bytes a second, after <see cref="BodyGrace"/> (408).</summary>
    [Range(1, 1024 * 1024)]
    public int BodyBytesPerSecond { get; set; } = 240;

    /// <summary>How long a body may stall before its rate counts.</summary>
    [Range(typeof(TimeSpan), "00:00:01.1", "00:10:00")]
    public TimeSpan BodyGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests that one HTTP/2 connection may have open.</summary>
    [Range(1, 10_000)]
    public int Http2Streams { get; set; } = 100;

    /// <summary>Connections that are open at once; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int Connections { get; set; } = 10_000;
}

[OptionsValidator]
internal sealed partial class EdgeOptionsValidator : IValidateOptions<EdgeOptions>;
