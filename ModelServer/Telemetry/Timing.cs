using System.Globalization;
using ModelServer.Batching;

namespace ModelServer.Telemetry;

/// <summary>Where a request's time went; the slowest of its sequences counts.</summary>
internal readonly record struct Timing(TimeSpan Tokenize, TimeSpan Queue, TimeSpan Infer)
{
    public static Timing Of(IReadOnlyList<Sequence> sequences, TimeSpan tokenize, TimeProvider time) => new(
        tokenize,
        sequences.Max(s => time.GetElapsedTime(s.QueuedAt, s.StartedAt)),
        sequences.Max(s => time.GetElapsedTime(s.StartedAt, s.FinishedAt)));

    /// <summary>The <c>Server-Timing</c> header (W3C), in milliseconds.</summary>
    public string ToHeader() => string.Create(
        CultureInfo.InvariantCulture,
        $"tokenize;dur={Tokenize.TotalMilliseconds:0.###}, queue;dur={Queue.TotalMilliseconds:0.###}, infer;dur={Infer.TotalMilliseconds:0.###}");
}
