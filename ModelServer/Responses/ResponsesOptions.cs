using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Responses;

/// <summary>What <c>/v1/responses</c> takes, and what is kept of responses. They are kept in Redis, where <c>ConnectionStrings:cache</c> says one is, and nowhere else.</summary>
internal sealed class ResponsesOptions
{
    public const string SectionName = "Responses";

    /// <summary>Most items in one conversation, what it goes on from included.</summary>
    [Range(1, 1 << 16)]
    public int MaxItems { get; set; } = 2048;

    /// <summary>How long a response is kept after it was made. Going on from it does not prolong it: the response that does holds the whole conversation.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Largest response that is kept, in bytes, with the conversation before it. One that turns out larger is answered and not kept.</summary>
    [Range(1024, 64 << 20)]
    public int MaxStoredBytes { get; set; } = 1 << 20;

    /// <summary>Most responses kept for one caller; the oldest go first.</summary>
    [Range(1, 100_000)]
    public int MaxStoredPerClient { get; set; } = 1000;

    /// <summary>Most bytes kept for one caller; the oldest responses go first.</summary>
    [Range(1024, 1L << 40)]
    public long MaxStoredBytesPerClient { get; set; } = 16L << 20;

    /// <summary>How long a request waits for Redis before it is answered that stored responses cannot be reached.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RedisBudget { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Failures and timeouts in a row after which Redis is left alone.</summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>How long it is left alone before one request tries it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class ResponsesOptionsValidator : IValidateOptions<ResponsesOptions>;
