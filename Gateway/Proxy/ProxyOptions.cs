using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Proxy;

/// <summary>How requests travel to the model servers, and how soon a failing one is left alone.</summary>
internal sealed class ProxyOptions
{
    public const string SectionName = "Proxy";

    /// <summary>The longest silence of a model server before the request is given up (504). Counts between bytes, so streams may last longer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan ActivityTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How long opening a connection to a model server may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two probes of a model server's <c>/ready</c>, and of its <c>/health</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a probe may take before it counts as failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Failed probes in a row after which a model server gets no more requests.</summary>
    [Range(1, 100)]
    public int ProbeFailures { get; set; } = 2;

    /// <summary>How long a model server that refused a connection is left alone before it is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReactivationPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The largest body, in bytes, kept in memory so that the request can be sent again; 0 keeps none. Larger ones stream through and are tried once.</summary>
    [Range(0, 16 * 1024 * 1024)]
    public int ReplayBytes { get; set; } = 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ProxyOptionsValidator : IValidateOptions<ProxyOptions>;
