using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Caching;

/// <summary>Whether, for whom and how long answers are remembered. Where Redis is comes from <c>ConnectionStrings:cache</c>; without it
/// each replica remembers for itself alone.</summary>
internal sealed class CacheOptions
{
    public const string SectionName = "Cache";

    /// <summary>Off: every request runs the engine and <c>x-cache</c> says <c>bypass</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary><c>client</c> keeps the answers of each caller apart, so that nobody can tell by <c>x-cache</c>, or by the time an answer takes, what others
    /// asked; <c>shared</c> lets equal inputs of all callers share one answer.</summary>
    public CacheScope Scope { get; set; } = CacheScope.Client;

    /// <summary>How long an answer stays in each layer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Memory of this process for answers, in bytes, bookkeeping included; 0 leaves Redis alone to remember.</summary>
    [Range(0, 1L << 40)]
    public long MemoryBytes { get; set; } = 64L << 20;

    /// <summary>How long a request waits for Redis before it runs the engine instead.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RedisBudget { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Failures and timeouts in a row after which Redis is left alone.</summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>How long it is left alone before one request tries it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(5);
}

internal enum CacheScope
{
    Client,
    Shared,
}

[OptionsValidator]
internal sealed partial class CacheOptionsValidator : IValidateOptions<CacheOptions>;
