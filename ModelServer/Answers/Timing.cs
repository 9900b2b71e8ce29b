using System.Globalization;

namespace ModelServer.Answers;

/// <summary>Where a request's time went; the slowest of its sequences counts.</summary>
/// <param name="Cache">Where its answer came from; what the engine did not run for it took no time there.</param>
internal readonly record struct Timing(TimeSpan Tokenize, TimeSpan Queue, TimeSpan Infer, CacheOutcome Cache)
{
    /// <summary>The <c>Server-Timing</c> header (W3C), in milliseconds.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"tokenize;dur={Tokenize.TotalMilliseconds:0.###}, queue;dur={Queue.TotalMilliseconds:0.###}, infer;dur={Infer.TotalMilliseconds:0.###}");
}

/// <summary>Where an answer came from. A request with several inputs has the outcome that stands last here.</summary>
internal enum CacheOutcome
{
    /// <summary>From the cache.</summary>
    Hit,

    /// <summary>Computed for another request at the same time.</summary>
    Coalesced,

    /// <summary>Computed, since nothing was remembered.</summary>
    Miss,

    /// <summary>Computed without looking: the caller or the configuration said so.</summary>
    Bypass,
}

internal static class CacheOutcomes
{
    /// <summary>As <c>x-cache</c> and metrics spell it.</summary>
    public static string Name(this CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Hit => "hit",
        CacheOutcome.Coalesced => "coalesced",
        CacheOutcome.Miss => "miss",
        _ => "bypass",
    };
}
