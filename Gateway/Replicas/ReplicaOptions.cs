using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Replicas;

/// <summary>How the gateway keeps watch over the model servers and when it leaves one alone.</summary>
internal sealed class ReplicaOptions
{
    public const string SectionName = "Replicas";

    /// <summary>The time between two probes of a model server's <c>/health</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a probe may take before it counts as missed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Missed probes in a row, without any answer between, after which a model server gets no more requests; five times as many for the last one ready. One that refuses the connection or says it is not ready gets none at once.</summary>
    [Range(1, 100)]
    public int ProbeFailures { get; set; } = 2;

    /// <summary>Requests failed in a row after which a model server is ejected while another one is ready.</summary>
    [Range(1, 1000)]
    public int EjectAfter { get; set; } = 5;

    /// <summary>How long the first ejection lasts; each one that follows a failed trial lasts twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan EjectionTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How much slower than the others' median, as a factor, the mean time to the first byte makes an outlier. See <see cref="OutlierTime"/>.</summary>
    [Range(1.5, 1000)]
    public double OutlierFactor { get; set; } = 5;

    /// <summary>The mean time to the first byte below which no model server is an outlier.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan OutlierTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a report of load counts, less and less, when no newer one comes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan ReportLifetime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The address of a name that stands for all model servers, such as <c>http://modelserver:8080</c> of a headless Kubernetes service:
    /// every address it resolves to is one of them. Null for those that <c>services:modelserver-…</c> lists alone.</summary>
    public Uri? Dns { get; set; }

    /// <summary>The time between two resolutions of <see cref="Dns"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan DnsInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a load balancer answers at <see cref="Dns"/> and spreads the requests over the model servers itself, as in Azure Container Apps or behind a
    /// Kubernetes service with a cluster IP. The name is then not resolved but asked as it is, and what one answer says of its model server is not taken for
    /// all of them. Keep <c>Proxy:Http2</c> off where the load balancer spreads connections and not requests.</summary>
    public bool LoadBalanced { get; set; }
}

[OptionsValidator]
internal sealed partial class ReplicaOptionsRanges : IValidateOptions<ReplicaOptions>;

internal sealed class ReplicaOptionsValidator : IValidateOptions<ReplicaOptions>
{
    private readonly ReplicaOptionsRanges _ranges = new();

    public ValidateOptionsResult Validate(string? name, ReplicaOptions options)
        => options.Dns is { } dns && !(dns is { IsAbsoluteUri: true } && (dns.Scheme == Uri.UriSchemeHttp || dns.Scheme == Uri.UriSchemeHttps))
            ? ValidateOptionsResult.Fail("Replicas:Dns is not an http address.")
            : options is { LoadBalanced: true, Dns: null } ? ValidateOptionsResult.Fail("Replicas:LoadBalanced needs Replicas:Dns, the load balancer's address.")
            : _ranges.Validate(name, options);
}
