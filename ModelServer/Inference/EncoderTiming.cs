using System.Diagnostics;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Telemetry;

namespace ModelServer.Inference;

/// <summary>Where a request's time went, from the clock readings of those of its sequences that the engine ran.</summary>
internal static class EncoderTiming
{
    public static Timing Of(IReadOnlyList<EncoderSequence> sequences, TimeSpan tokenize, CacheOutcome cache, TimeProvider time) => new(
        tokenize,
        Longest(sequences, s => time.GetElapsedTime(s.QueuedAt, s.StartedAt)),
        Longest(sequences, s => time.GetElapsedTime(s.StartedAt, s.FinishedAt)),
        cache);

    /// <summary>Writes the spans of queue and engine, once the request is back from there.</summary>
    public static void Trace(ModelVersion version, IReadOnlyList<EncoderSequence> sequences, Timing timing, TimeProvider time)
    {
        if (!RequestTrace.Source.HasListeners() || Activity.Current is not { } parent) return;
        parent.SetTag("cache", timing.Cache.Name());
        if (sequences.Count == 0) return;
        var finished = time.GetUtcNow() - time.GetElapsedTime(sequences.Max(s => s.FinishedAt));
        var started = finished - timing.Infer;
        RequestTrace.Past("queue", parent, started - timing.Queue, started)?.Dispose();
        using var infer = RequestTrace.Past("infer", parent, started, finished);
        infer?.SetTag("model.name", version.Name);
        infer?.SetTag("model.version", version.Version);
        infer?.SetTag("sequences", sequences.Count);
    }

    private static TimeSpan Longest(IReadOnlyList<EncoderSequence> sequences, Func<EncoderSequence, TimeSpan> time) => sequences.Select(time).DefaultIfEmpty().Max();
}
