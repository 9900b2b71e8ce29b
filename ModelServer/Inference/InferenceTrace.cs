using System.Diagnostics;
using ModelServer.Encoders;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;

namespace ModelServer.Inference;

/// <summary>Spans of what happened to a request on the inference threads, written under the request's own span once it is back.</summary>
internal static class InferenceTrace
{
    public static readonly ActivitySource Source = new("ModelServer");

    public static void Record(ModelVersion version, IReadOnlyList<EncoderSequence> sequences, Timing timing, TimeProvider time)
    {
        if (!Source.HasListeners() || Activity.Current is not { } parent) return;
        parent.SetTag("cache", timing.Cache.Name());
        if (sequences.Count == 0) return;
        var finished = time.GetUtcNow() - time.GetElapsedTime(sequences.Max(s => s.FinishedAt));
        var started = finished - timing.Infer;
        Span("queue", parent, started - timing.Queue, started)?.Dispose();
        using var infer = Span("infer", parent, started, finished);
        infer?.SetTag("model.name", version.Name);
        infer?.SetTag("model.version", version.Version);
        infer?.SetTag("sequences", sequences.Count);
    }

    private static Activity? Span(string name, Activity parent, DateTimeOffset start, DateTimeOffset end)
    {
        var activity = Source.StartActivity(name, ActivityKind.Internal, parent.Context, startTime: start);
        activity?.SetEndTime(end.UtcDateTime);
        return activity;
    }
}
