using System.Globalization;

namespace ModelServer.Requests;

/// <summary>Where a request's time went; the slowest of its sequences counts.</summary>
/// <param name="Cache">Where its answer came from; what the engine did not run for it took no time there.</param>
internal readonly record struct Timing(TimeSpan Tokenize, TimeSpan Queue, TimeSpan Infer, CacheOutcome Cache)
{
    /// <summary>The <c>Server-Timing</c> header (W3C), in milliseconds.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"tokenize;dur={Tokenize.TotalMilliseconds:0.###}, queue;dur={Queue.TotalMilliseconds:0.###}, infer;dur={Infer.TotalMilliseconds:0.###}");
}
