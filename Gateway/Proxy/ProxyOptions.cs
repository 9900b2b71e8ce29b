using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>When a request is sent again, and how often.</summary>
internal sealed class ProxyOptions
{
    public const string SectionName = "Proxy";

    /// <summary>How long a model server may give no sign of life, neither to a request nor to a probe, while a request waits for its first byte there,
    /// before another one is asked; for a generation, which takes as long as it takes, it must have missed its probes too. While there is another one,
    /// and within the retry budget: else the request goes on waiting.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Requests that may be sent a second time, as a part of all: what keeps retries from doubling an overload.</summary>
    [Range(0.0, 1.0)]
    public double RetryRatio { get; set; } = 0.1;

    /// <summary>Requests a second that may be sent a second time whatever the ratio says, so that little traffic has retries too.</summary>
    [Range(0, 1000)]
    public int RetryFloor { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class ProxyOptionsValidator : IValidateOptions<ProxyOptions>;
